import APITypes
import HTTPTypes
import Hummingbird
import ModelLibrary

/// `/api/verify` reads models of the store again and says which are damaged. Ollama has no such route.
enum Verify: Endpoint {
    static func mount(on routes: inout RouteTable, _ services: Services) {
        routes.on(.post, "/api/verify") { request, context in
            let body = try await request.decode(VerifyRequest.self)
            let wanted = try await stored(body.models, services)
            let response = StreamingResponse(context, services, model: body.models.first ?? "")
            return try await response.streaming(NDJSON.self) { send in
                let verifier = ModelVerifier(services.store)
                let names = try await wanted.isEmpty ? services.blocking { try verifier.names() } : wanted
                let rate = ProgressRate()
                for name in names {
                    let report: ProgressReport = { progress in
                        for step in rate.steps(after: progress) {
                            try await send(NDJSON.frame(VerifyResponse(progress: ProgressResponse(step))))
                        }
                    }
                    do {
                        let verification = try await BlockingThreads.shared.run(reportingTo: report) { reporter in
                            try verifier.verify(name, reportingTo: reporter)
                        }
                        try await send(NDJSON.frame(VerifyResponse(verification)))
                    } catch ModelLibraryError.modelNotFound {
                        continue  // Removed since the names were read.
                    }
                }
            }
        }
    }

    /// The names that a client asked for.
    private static func stored(_ names: [String], _ services: Services) async throws -> [ModelName] {
        var wanted: [ModelName] = []
        for text in names {
            let name = try ModelName(requested: text)
            guard try await services.blocking({ try services.store.contains(name) }) else {
                throw APIFailure(.notFound, FailureText.modelNotFound(text))
            }
            wanted.append(name)
        }
        return wanted
    }
}

extension VerifyResponse {
    fileprivate init(_ verification: Verification) {
        self.init(
            model: verification.name.description,
            damage: verification.damage.map {
                ModelDamage(part: $0.part, digest: $0.digest?.description ?? "", reason: $0.reason)
            })
    }
}

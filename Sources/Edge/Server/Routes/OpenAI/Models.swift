import APITypes
import HTTPTypes
import Hummingbird
import ModelLibrary

/// The list of models, which clients of Anthropic ask for at the same paths.
enum Models: Endpoint {
    static func mount(on routes: inout RouteTable, _ services: Services) {
        routes.on(.get, "/v1/models") { request, _ in
            let list = try await services.blocking { try services.store.list().models }
            guard !isAnthropic(request) else {
                return .json(
                    AnthropicModelList(models: list.map { AnthropicModel($0.stored, id: $0.name.description) }))
            }
            return .json(OpenAIModelList(models: list.map { OpenAIModel($0.stored, id: $0.name.description) }))
        }
        routes.on(.get, "/v1/models/:model") { request, context in
            let id = context.parameters.get("model") ?? ""
            let stored = try await APIFailure.mapping(model: id) {
                let name = try ModelName(requested: id)
                return try await services.blocking { try services.store.manifest(for: name) }
            }
            return isAnthropic(request) ? .json(AnthropicModel(stored, id: id)) : .json(OpenAIModel(stored, id: id))
        }
    }

    private static func isAnthropic(_ request: Request) -> Bool {
        request.headers[named: "anthropic-version"] != nil
    }
}

extension OpenAIModel {
    fileprivate init(_ stored: StoredManifest, id: String) {
        self.init(id: id, created: Timestamp(secondsSince1970: stored.modified).seconds, ownedBy: stored.name.namespace)
    }
}

extension AnthropicModel {
    fileprivate init(_ stored: StoredManifest, id: String) {
        self.init(id: id, created: Timestamp(secondsSince1970: stored.modified))
    }
}

import APITypes
import Generation
import HTTPTypes
import Hummingbird
import JSON
import ModelLibrary

enum Create: Endpoint {
    static func mount(on routes: inout RouteTable, _ services: Services) {
        routes.on(.post, "/api/create") { request, context in
            let body = try await request.decode(CreateRequest.self)
            let creation = try CreationRequest(body)
            let creator = ModelCreator(store: services.store, source: services.source, templates: .builtIn)
            let model = body.from.isEmpty ? body.model : body.from
            let response = StreamingResponse(context, services, model: model)
            return try await response.progress(streams: body.stream ?? true) { report in
                try await creator.create(creation, report: report)
            }
        }
    }
}

extension CreationRequest {
    fileprivate init(_ body: CreateRequest) throws {
        if let field = body.unsupported.first {
            throw APIFailure(.badRequest, "\(goQuoted(field)) is not supported; leave it out")
        }
        _ = try GenerationOptions(body.parameters)
        self.init(name: try ModelName(requested: body.model), source: try Self.source(of: body))
        if !body.adapters.isEmpty { adapters = .blobs(try Self.blobs(body.adapters)) }
        draft = try Self.draft(of: body)
        template = body.template.isEmpty ? nil : body.template
        system = body.system.isEmpty ? nil : body.system
        renderer = body.renderer.isEmpty ? nil : body.renderer
        parser = body.parser.isEmpty ? nil : body.parser
        requires = body.requires.isEmpty ? nil : body.requires
        quantization = body.quantize.isEmpty ? nil : body.quantize
        licenses = body.license
        parameters = body.parameters
        messages = body.messages.map { StoredMessage(role: $0.role, content: $0.content) }
    }

    private static func source(of body: CreateRequest) throws -> Source {
        if !body.from.isEmpty { return .model(try ModelReference(requested: body.from)) }
        guard !body.files.isEmpty else { throw APIFailure(.badRequest, "neither 'from' or 'files' was specified") }
        return .blobs(try blobs(body.files))
    }

    private static func draft(of body: CreateRequest) throws -> Source? {
        if !body.draft.isEmpty { return .model(try ModelReference(requested: body.draft)) }
        return body.draftFiles.isEmpty ? nil : .blobs(try blobs(body.draftFiles))
    }

    private static func blobs(_ files: [CreateFile]) throws -> [NamedBlob] {
        try files.map { NamedBlob(name: $0.path, digest: try Digest($0.digest)) }
    }
}

import APITypes
import HTTPTypes
import Hummingbird
import ModelLibrary

enum Models: Endpoint {
    static func mount(on routes: inout RouteTable, _ services: Services) {
        routes.on(.get, "/v1/models") { _, _ in
            let list = try await services.blocking { try services.store.list().models }
            return .json(OpenAIModelList(models: list.map { OpenAIModel($0.stored, id: $0.name.description) }))
        }
        routes.on(.get, "/v1/models/:model") { _, context in
            let id = context.parameters.get("model") ?? ""
            let stored = try await APIFailure.mapping(model: id) {
                let name = try ModelName(requested: id)
                return try await services.blocking { try services.store.manifest(for: name) }
            }
            return .json(OpenAIModel(stored, id: id))
        }
    }
}

extension OpenAIModel {
    fileprivate init(_ stored: StoredManifest, id: String) {
        self.init(id: id, created: Timestamp(secondsSince1970: stored.modified).seconds, ownedBy: stored.name.namespace)
    }
}

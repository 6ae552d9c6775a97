import APITypes
import Hummingbird
import Logging
import ModelLibrary

enum Tags: Endpoint {
    static func mount(on routes: inout RouteTable, _ services: Services) {
        routes.getAndHead("/api/tags") { _, context in
            let (models, damaged) = try await services.blocking {
                let list = try services.store.list()
                let models = list.models.map { ListedModel($0, services.describer.describe($0, in: services.store)) }
                return (models, list.damaged.map(\.error))
            }
            for error in damaged { context.logger.warning("\(error)") }
            return .json(TagsResponse(models: models))
        }
    }
}

extension ListedModel {
    fileprivate init(_ summary: ModelSummary, _ description: ModelDescription) {
        self.init(
            name: summary.name.description, modifiedAt: Timestamp(secondsSince1970: summary.modified).local,
            size: summary.size, digest: summary.digest.hex, details: description.details,
            capabilities: description.capabilities)
    }
}

import APITypes
import GGUF
import Generation
import HTTPTypes
import Hummingbird
import JSON
import ModelLibrary
import Options
import OrderedCollections
import Tensors

enum Show: Endpoint {
    static func mount(on routes: inout RouteTable, _ services: Services) {
        routes.on(.post, "/api/show") { request, _ in
            let body = try await request.decode(ShowRequest.self)
            guard !body.model.isEmpty else { throw APIFailure(.badRequest, FailureText.modelRequired) }
            let name = try ModelName(requested: body.model)
            return try await APIFailure.mapping(model: name.description) {
                try await services.blocking {
                    let model = try services.store.model(named: name)
                    let description = services.describer.describe(model)
                    var response = try ShowResponse(model, description, body)
                    response.unsupported = services.describer.reasonNotToRun(model) ?? ""
                    response.options = services.generation.effectiveOptions(of: model).map(OptionSummary.init)
                    return .json(response)
                }
            }
        }
    }
}

extension ShowResponse {
    fileprivate init(_ model: StoredModel, _ description: ModelDescription, _ request: ShowRequest) throws {
        self.init()
        license = model.licenses.joined(separator: "\n")
        modelfile = ModelfileWriter.text(
            of: model, system: request.system.isEmpty ? nil : request.system, parameters: request.options)
        parameters = ParameterLines.text(of: model.parameters)
        system = model.system ?? ""
        details = ModelDetails(model.configuration, parentModel: model.summary.parentModel)
        messages = model.messages.map { ChatMessage(role: $0.role, content: $0.content) }
        capabilities = description.capabilities
        modifiedAt = Timestamp(secondsSince1970: model.summary.modified).local
        requires = model.configuration.requires
        template = description.template
        guard let path = model.modelPath else { return }
        let file = try GGUFFile(contentsOf: path)
        modelInfo = try MetadataObject.make(of: file, verbose: request.verbose)
        tensors = file.tensors.map { tensor in
            TensorSummary(name: tensor.name, type: tensor.type.name, shape: tensor.shape.dimensions)
        }
        if let projector = model.projectorPaths.first {
            projectorInfo = try MetadataObject.make(of: GGUFFile(contentsOf: projector), verbose: request.verbose)
        }
    }
}

extension OptionSummary {
    fileprivate init(_ option: EffectiveOption) {
        self.init(name: option.option.name, value: option.value.text, source: option.source.rawValue)
    }
}

/// Parameters as lines of name and value, in columns.
enum ParameterLines {
    static func text(of parameters: JSONObject) -> String {
        parameters.flatMap { name, value in
            (value.arrayValue ?? [value]).map { "\(padded(name)) \(text(of: $0))" }
        }.joined(separator: "\n")
    }

    private static func padded(_ name: String) -> String {
        name + String(repeating: " ", count: max(0, 30 - name.utf8.count))
    }

    private static func text(of value: JSONValue) -> String {
        if case .string(let text) = value { return goQuoted(text) }
        return JSONWriter(.compact).text(of: value)
    }
}

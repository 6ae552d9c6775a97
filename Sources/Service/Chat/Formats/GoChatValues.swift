import JSON
import Templating

// Conversations as the values that Go templates see, with Ollama's field names.

extension GoValue {
    init(_ message: Message) {
        self = .structure(
            GoStruct(
                "Message",
                [
                    .init("Role", .word(message.role)),
                    .init("Content", .content(message.content)),
                    .init("Thinking", .content(message.thinking ?? "")),
                    .init("Images", .slice(message.images.map { _ in .string("") })),
                    .init("ToolCalls", .slice(message.toolCalls.enumerated().map { GoValue($1, index: $0) })),
                    .init("ToolName", .content(message.toolName ?? "")),
                    .init("ToolCallID", .content(message.toolCallID ?? "")),
                ]))
    }

    private init(_ call: ToolCall, index: Int) {
        let function = GoStruct(
            "ToolCallFunction",
            [
                .init("Index", json: "index", .int(index)),
                .init("Name", json: "name", .content(call.name)),
                .init("Arguments", json: "arguments", .printing(GoValue(json: .object(call.arguments)), as: .json)),
            ])
        self = .structure(
            GoStruct(
                "ToolCall",
                [
                    .init("ID", json: "id", omitsEmpty: true, .content(call.id ?? "")),
                    .init("Function", json: "function", .printing(.structure(function), as: .json)),
                ]))
    }

    /// Tool definitions; keywords that the templates' types do not have are dropped.
    init(tools: [JSONValue]) {
        self = .printing(.slice(tools.map(GoValue.init(tool:))), as: .json)
    }

    private init(tool: JSONValue) {
        let function = tool["function"]
        let parameters = function?["parameters"]
        let parametersValue = GoStruct(
            "ToolFunctionParameters",
            [
                .init("Type", json: "type", .text(parameters?["type"])),
                .init("Defs", json: "$defs", omitsEmpty: true, .any(parameters?["$defs"])),
                .init("Items", json: "items", omitsEmpty: true, .any(parameters?["items"])),
                .init("Required", json: "required", omitsEmpty: true, .list(parameters?["required"])),
                .init("Properties", json: "properties", .properties(parameters?["properties"])),
            ])
        let functionValue = GoStruct(
            "ToolFunction",
            [
                .init("Name", json: "name", .text(function?["name"])),
                .init("Description", json: "description", omitsEmpty: true, .text(function?["description"])),
                .init("Parameters", json: "parameters", .printing(.structure(parametersValue), as: .json)),
            ])
        self = .printing(
            .structure(
                GoStruct(
                    "Tool",
                    [
                        .init("Type", json: "type", .text(tool["type"])),
                        .init("Items", json: "items", omitsEmpty: true, .any(tool["items"])),
                        .init("Function", json: "function", .printing(.structure(functionValue), as: .json)),
                    ])), as: .json)
    }

    private init(property: JSONValue) {
        let types: [GoValue] =
            switch property["type"] {
            case .string(let name): [.content(name)]
            case .array(let names): names.map(GoValue.init(json:))
            default: []
            }
        let alternatives = property["anyOf"]?.arrayValue ?? []
        self = .structure(
            GoStruct(
                "ToolProperty",
                [
                    .init("AnyOf", json: "anyOf", omitsEmpty: true, .slice(alternatives.map(GoValue.init(property:)))),
                    .init("Type", json: "type", omitsEmpty: true, .printing(.slice(types), as: .names)),
                    .init("Items", json: "items", omitsEmpty: true, .any(property["items"])),
                    .init("Description", json: "description", omitsEmpty: true, .text(property["description"])),
                    .init("Enum", json: "enum", omitsEmpty: true, .list(property["enum"])),
                    .init("Properties", json: "properties", omitsEmpty: true, .properties(property["properties"])),
                    .init("Required", json: "required", omitsEmpty: true, .list(property["required"])),
                ]))
    }

    /// A text that templates make marks of, such as `<|user|>`, where it is a word.
    static func word(_ text: String) -> GoValue { .string(MarkedText(text, isContent: !text.isRoleName)) }

    private static func properties(_ json: JSONValue?) -> GoValue {
        guard let members = json?.objectValue else { return .null }
        let entries = members.map { ($0.key, GoValue(property: $0.value)) }
        return .printing(.map(Dictionary(entries, uniquingKeysWith: { $1 })), as: .json)
    }

    private static func text(_ json: JSONValue?) -> GoValue { .content(json?.stringValue ?? "") }

    private static func list(_ json: JSONValue?) -> GoValue {
        .slice((json?.arrayValue ?? []).map(GoValue.init(json:)))
    }

    private static func any(_ json: JSONValue?) -> GoValue { json.map(GoValue.init(json:)) ?? .null }
}

extension ThinkSetting? {
    /// What templates know of the wish to think.
    var goVariables: [String: GoValue] {
        let level =
            switch self {
            case .level(let level): level
            case .on: "medium"
            case .off, nil: ""
            }
        return [
            "Think": .bool(self?.isOn ?? false), "ThinkLevel": .word(level), "IsThinkSet": .bool(self != nil),
        ]
    }
}

import JSON

/// A call that is written as one JSON object: which tool it names, and with what arguments.
struct ObjectCall {
    let name: String
    let arguments: JSONObject

    /// Nil where the object names no tool of the request.
    /// - Parameter text: what was written before the object, which may name the tool.
    init?(_ object: JSONObject, after text: String, _ tools: DeclaredTools) {
        if object.count == 1, let member = object.elements.first, tools.names.contains(member.key),
            let arguments = Self.object(member.value)
        {
            name = member.key
            self.arguments = arguments
        } else if let named = Self.named(in: object, tools) {
            guard let name = Self.name(of: named).flatMap(tools.resolve) else { return nil }
            let written = Self.argumentKeys.lazy.compactMap { named[$0] }.first ?? .null
            guard let arguments = written.isNull ? [:] : Self.object(written) else { return nil }
            self.name = name
            self.arguments = arguments
        } else if let name = Self.firstName(in: text, tools) {
            self.name = name
            arguments = object
        } else {
            return nil
        }
    }

    static let nameKeys = ["name", "tool_name"]
    static let argumentKeys = ["arguments", "parameters", "args"]
    static let idKeys = ["id", "tool_call_id"]

    private static func name(of object: JSONObject) -> String? {
        nameKeys.lazy.compactMap { object[$0]?.stringValue }.first
    }

    /// The first object, from the outside, that names a tool. What has a name but is neither declared nor given arguments
    /// is somebody's argument.
    private static func named(in object: JSONObject, _ tools: DeclaredTools, depth: Int = 0) -> JSONObject? {
        if let name = name(of: object) {
            let hasArguments = argumentKeys.contains { object[$0] != nil }
            if hasArguments || tools.names.contains(name) { return object }
        }
        guard depth < 16 else { return nil }
        for value in object.values {
            for case .object(let child) in value.arrayValue ?? [value] {
                if let found = named(in: child, tools, depth: depth + 1) { return found }
            }
        }
        return nil
    }

    /// The declared name that comes first in the text; of those that start together the longest.
    private static func firstName(in text: String, _ tools: DeclaredTools) -> String? {
        let bytes = Array(text.utf8)
        let found = tools.names.compactMap { name in
            TagScanner([name]).firstMatch(in: bytes).map { (start: $0.lowerBound, name: name) }
        }
        return found.min { ($0.start, -$0.name.utf8.count) < ($1.start, -$1.name.utf8.count) }?.name
    }

    /// An object, or a string that holds one.
    private static func object(_ value: JSONValue?) -> JSONObject? {
        switch value {
        case .object(let object): object
        case .string(let text): (try? JSONParser.parse(text))?.objectValue
        default: nil
        }
    }
}

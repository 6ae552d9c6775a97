import JSON

/// Reads the name and the arguments of a call out of the JSON that models write for one.
struct ToolCallReader: Sendable {
    /// Which tool an object says that it calls.
    enum Claim {
        case declared(String)
        case undeclared
        case none
    }

    let tools: [String]

    func claim(of object: JSONObject) -> Claim {
        guard let name = namedObject(in: object)?["name"]?.stringValue else { return .none }
        return tools.contains(name) ? .declared(name) : .undeclared
    }

    /// The declared name that comes first in the text; of those that start together the longest.
    func firstName(in bytes: ArraySlice<UInt8>) -> String? {
        let text = Array(bytes)
        let found = tools.compactMap { name in
            TagScanner([name]).firstMatch(in: text).map { (start: $0.lowerBound, name: name) }
        }
        return found.min { ($0.start, -$0.name.utf8.count) < ($1.start, -$1.name.utf8.count) }?.name
    }

    /// The arguments lie beside the name, or under the tool's name, or are the whole object.
    func call(_ name: String, _ object: JSONObject) -> ToolCall {
        if let named = namedObject(in: object) {
            let arguments = Self.object(named["arguments"]) ?? Self.object(named["parameters"]) ?? [:]
            return ToolCall(name: name, arguments: arguments)
        }
        return ToolCall(name: name, arguments: Self.value(under: name, in: object) ?? object)
    }

    /// The first object, from the outside, that names a tool. What has a name but is neither declared nor given arguments
    /// is somebody's argument.
    private func namedObject(in object: JSONObject) -> JSONObject? {
        if let name = object["name"]?.stringValue {
            let hasArguments = object["arguments"] != nil || object["parameters"] != nil
            if hasArguments || tools.contains(name) { return object }
        }
        return Self.firstResult(in: object, namedObject)
    }

    private static func value(under name: String, in object: JSONObject) -> JSONObject? {
        if let found = Self.object(object[name]) { return found }
        return firstResult(in: object) { value(under: name, in: $0) }
    }

    /// Looks into the objects among an object's values, and those in its lists.
    private static func firstResult(in object: JSONObject, _ find: (JSONObject) -> JSONObject?) -> JSONObject? {
        for value in object.values {
            switch value {
            case .object(let child):
                if let found = find(child) { return found }
            case .array(let elements):
                for case .object(let child) in elements {
                    if let found = find(child) { return found }
                }
            default: continue
            }
        }
        return nil
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

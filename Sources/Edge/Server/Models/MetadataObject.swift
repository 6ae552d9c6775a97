import GGUF
import JSON
import ModelLibrary
import OrderedCollections

/// The metadata of a GGUF file as JSON, keys sorted.
enum MetadataObject {
    private static let hidden: Set = ["general.name", "tokenizer.chat_template"]
    /// Arrays with more elements are null unless all is asked for.
    private static let shortArray = 5

    static func make(of file: GGUFFile, verbose: Bool) throws(GGUFError) -> JSONObject {
        var object: JSONObject = [:]
        for key in file.metadata.keys where !hidden.contains(key) {
            guard let value = file.metadata[key] else { continue }
            object[key] = try json(value, verbose: verbose)
        }
        let count = try WeightsDescription.parameterCount(of: file)
        object["general.parameter_count"] = Int(exactly: count).map { .integer($0) } ?? .number(Double(count))
        object.sort { $0.key < $1.key }
        return object
    }

    private static func json(_ value: GGUFValue, verbose: Bool) throws(GGUFError) -> JSONValue {
        switch value {
        case .bool(let flag): return .bool(flag)
        case .string(let text): return .string(text)
        case .float32(let number): return .number(Double("\(number)") ?? Double(number))
        case .float64(let number): return .number(number)
        case .array(let array):
            guard verbose || array.count <= shortArray else { return .null }
            var elements: [JSONValue] = []
            elements.reserveCapacity(array.count)
            for element in try array.elements() { elements.append(try json(element, verbose: verbose)) }
            return .array(elements)
        default:
            return value.integer(Int.self).map { .integer($0) } ?? value.double.map { .number($0) } ?? .null
        }
    }
}

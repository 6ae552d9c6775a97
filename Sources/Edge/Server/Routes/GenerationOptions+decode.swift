import APITypes
import Generation
import HTTPTypes
import JSON
import Options

/// The options of a request, by name. Those that this engine has no use for are checked and left out.
extension GenerationOptions {
    /// What is empty is not set.
    /// - Throws: `APIFailure` where a value has the wrong type.
    init(_ object: JSONObject) throws {
        do throws(OptionError) {
            self.init(try OptionValues(object))
        } catch {
            throw APIFailure(
                .badRequest, "option \(goQuoted(error.name)) must be of \(error.kind.wireName)")
        }
    }
}

extension ModelOption.Kind {
    /// As the original's messages have it.
    fileprivate var wireName: String {
        switch self {
        case .integer: "type integer"
        case .number: "type float32"
        case .flag: "type boolean"
        case .text: "type string"
        case .texts: "an array of strings"
        case .biases: "type object, with a number for each token"
        }
    }
}

package import JSON
import Options

/// The values of options in Modelfiles, and of `/set parameter`.
package enum ModelParameter {
    /// - Throws: `invalidParameter` for an unknown name or a text that is no value of its type.
    package static func value(of text: String, for name: String) throws(ModelLibraryError) -> JSONValue {
        guard let option = OptionCatalog.named(name) else {
            let names = OptionCatalog.shared.all.map(\.name)
            throw .invalidParameter("unknown parameter '\(name)'" + NearestName.hint(for: name, among: names))
        }
        guard let value = OptionValue(text: text, option.kind) else {
            throw .invalidParameter("invalid \(option.kind.modelfileName) value [\(text)]")
        }
        return value.json
    }
}

extension ModelOption.Kind {
    /// As Ollama's messages have it.
    fileprivate var modelfileName: String {
        switch self {
        case .integer: "int"
        case .number: "float"
        case .flag: "bool"
        case .text, .texts: "string"
        case .biases: "JSON"
        }
    }
}

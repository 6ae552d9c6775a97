package import JSON

/// An option that a model may set: its name and the type of its value.
package struct ModelParameter: Hashable, Sendable {
    package enum Kind: Sendable {
        case integer, float, bool
        /// A list; every line of a Modelfile adds to it.
        case texts
    }
    package let name: String
    package let kind: Kind

    package static let all: [Self] = [
        Self(name: "num_keep", kind: .integer), Self(name: "seed", kind: .integer),
        Self(name: "num_predict", kind: .integer), Self(name: "top_k", kind: .integer),
        Self(name: "top_p", kind: .float), Self(name: "min_p", kind: .float), Self(name: "typical_p", kind: .float),
        Self(name: "repeat_last_n", kind: .integer), Self(name: "temperature", kind: .float),
        Self(name: "repeat_penalty", kind: .float), Self(name: "presence_penalty", kind: .float),
        Self(name: "frequency_penalty", kind: .float), Self(name: "stop", kind: .texts),
        Self(name: "num_ctx", kind: .integer), Self(name: "num_batch", kind: .integer),
        Self(name: "num_gpu", kind: .integer), Self(name: "main_gpu", kind: .integer),
        Self(name: "use_mmap", kind: .bool), Self(name: "num_thread", kind: .integer),
        Self(name: "draft_num_predict", kind: .integer),
    ]

    /// Names that older Modelfiles hold and that mean nothing any more.
    package static let deprecated: Set<String> = [
        "penalize_newline", "low_vram", "f16_kv", "logits_all", "vocab_only", "use_mlock", "mirostat", "mirostat_tau",
        "mirostat_eta",
    ]

    package static func named(_ name: String) -> ModelParameter? { all.first { $0.name == name } }

    /// - Throws: `invalidParameter` for an unknown name or a text that is no value of its type.
    package static func value(of text: String, for name: String) throws(ModelLibraryError) -> JSONValue {
        guard let parameter = named(name) else {
            throw .invalidParameter("unknown parameter '\(name)'" + NearestName.hint(for: name, among: all.map(\.name)))
        }
        switch parameter.kind {
        case .integer:
            guard let value = Int(text) else { throw .invalidParameter("invalid int value [\(text)]") }
            return .integer(value)
        case .float:
            // Options are 32 bits wide, and print as such.
            guard let value = Float(text), value.isFinite, let exact = Double("\(value)") else {
                throw .invalidParameter("invalid float value [\(text)]")
            }
            return .number(exact)
        case .bool:
            switch text {
            case "1", "t", "T", "true", "TRUE", "True": return .bool(true)
            case "0", "f", "F", "false", "FALSE", "False": return .bool(false)
            default: throw .invalidParameter("invalid bool value [\(text)]")
            }
        case .texts: return .array([.string(text)])
        }
    }
}

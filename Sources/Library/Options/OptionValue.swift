package import JSON

/// The value of an option.
package enum OptionValue: Hashable, Sendable {
    case integer(Int)
    case number(Float)
    case flag(Bool)
    case text(String)
    case texts([String])
    case biases(TokenBiases)

    /// Reads what a request holds. Integers may be written with a fraction, which is dropped; one text is a list of it, and
    /// empty texts of a list are left out.
    /// - Returns: nil where the value has another type.
    package init?(_ json: JSONValue, _ kind: ModelOption.Kind) {
        switch kind {
        case .integer:
            switch json {
            case .integer(let value): self = .integer(value)
            case .number(let number):
                guard let value = Int(exactly: number.rounded(.towardZero)) else { return nil }
                self = .integer(value)
            default: return nil
            }
        case .number:
            guard let value = json.doubleValue else { return nil }
            self = .number(Float(value))
        case .flag:
            guard let value = json.boolValue else { return nil }
            self = .flag(value)
        case .text:
            guard let value = json.stringValue else { return nil }
            self = .text(value)
        case .texts:
            let elements = json == .object([:]) ? [] : json.arrayValue ?? [json]
            var texts: [String] = []
            for element in elements where element != .null && element != .string("") {
                guard let text = element.stringValue else { return nil }
                texts.append(text)
            }
            self = .texts(texts)
        case .biases:
            guard let biases = TokenBiases(json) else { return nil }
            self = .biases(biases)
        }
    }

    /// Reads what a line of a Modelfile or of `/set parameter` holds.
    /// - Returns: nil where the text is no value of that kind.
    package init?(text: String, _ kind: ModelOption.Kind) {
        switch kind {
        case .integer:
            guard let value = Int(text) else { return nil }
            self = .integer(value)
        case .number:
            guard let value = Float(text), value.isFinite else { return nil }
            self = .number(value)
        case .flag:
            switch text {
            case "1", "t", "T", "true", "TRUE", "True": self = .flag(true)
            case "0", "f", "F", "false", "FALSE", "False": self = .flag(false)
            default: return nil
            }
        case .text: self = .text(text)
        case .texts: self = .texts([text])
        case .biases:
            guard let json = try? JSONParser.parse(text), let biases = TokenBiases(json) else { return nil }
            self = .biases(biases)
        }
    }

    package var json: JSONValue {
        switch self {
        case .integer(let value): .integer(value)
        // Options are 32 bits wide, and print as such.
        case .number(let value): .number(Double("\(value)") ?? Double(value))
        case .flag(let value): .bool(value)
        case .text(let value): .string(value)
        case .texts(let values): .array(values.map { .string($0) })
        case .biases(let value): value.json
        }
    }

    /// Lists and maps without an element say nothing.
    var isEmpty: Bool {
        switch self {
        case .integer, .number, .flag, .text: false
        case .texts(let values): values.isEmpty
        case .biases(let value): value.isEmpty
        }
    }
}

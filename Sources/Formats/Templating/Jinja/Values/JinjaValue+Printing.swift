import JSON
import OrderedCollections

extension JinjaValue {
    /// What `{{ value }}` prints.
    var printed: MarkedText {
        switch self {
        case .undefined: ""
        case .string(let text), .markup(let text): text
        default: MarkedText(represented, isContent: size.holdsContent)
        }
    }

    /// What Python's `repr` gives: how the value looks inside a list.
    var represented: String {
        var text = ""
        appendRepresentation(to: &text)
        return text
    }

    private func appendRepresentation(to text: inout String) {
        switch self {
        case .undefined: text += "Undefined"
        case .none: text += "None"
        case .bool(let value): text += value ? "True" : "False"
        case .integer(let value): text += String(value)
        case .float(let value): text += NumberText.python(value)
        case .string(let string): string.text.appendPythonRepresentation(to: &text)
        case .markup(let string):
            text += "Markup("
            string.text.appendPythonRepresentation(to: &text)
            text += ")"
        case .list(let sequence): sequence.append(to: &text, "[", "]")
        case .tuple(let sequence): sequence.append(to: &text, "(", sequence.elements.count == 1 ? ",)" : ")")
        case .dictionary(let dictionary): dictionary.append(to: &text)
        case .view(let view): view.sequence.append(to: &text, "dict_\(view.kind.rawValue)([", "])")
        case .range(let range):
            text += "range(\(range.start), \(range.stop)\(range.step == 1 ? "" : ", \(range.step)"))"
        case .iterator(let iterator): text += "<\(iterator.typeName) object>"
        // Its attributes may hold the namespace itself.
        case .namespace: text += "<Namespace>"
        case .loop(let loop): text += "<LoopContext \(loop.index)/\(loop.count)>"
        case .callable(let callable): text += callable.represented
        }
    }

    fileprivate static func append(_ elements: some Sequence<JinjaValue>, to text: inout String) {
        var isFirst = true
        for element in elements {
            if !isFirst { text += ", " }
            isFirst = false
            element.appendRepresentation(to: &text)
        }
    }

    fileprivate static func append(_ pairs: OrderedDictionary<JinjaValue, JinjaValue>, to text: inout String) {
        var isFirst = true
        for (key, value) in pairs {
            if !isFirst { text += ", " }
            isFirst = false
            key.appendRepresentation(to: &text)
            text += ": "
            value.appendRepresentation(to: &text)
        }
    }
}

extension JinjaSequence {
    fileprivate func append(to text: inout String, _ opening: String, _ closing: String) {
        text += opening
        JinjaValue.append(elements, to: &text)
        text += closing
    }
}

extension JinjaDictionary {
    fileprivate func append(to text: inout String) {
        text += "{"
        JinjaValue.append(entries, to: &text)
        text += "}"
    }
}

extension String {
    /// In quotes, single ones where possible, with everything that does not print escaped.
    fileprivate func appendPythonRepresentation(to text: inout String) {
        let quote: Unicode.Scalar = utf8.contains(UInt8(ascii: "'")) && !utf8.contains(UInt8(ascii: "\"")) ? "\"" : "'"
        text.unicodeScalars.append(quote)
        for scalar in unicodeScalars {
            switch scalar {
            case quote, "\\":
                text.unicodeScalars.append("\\")
                text.unicodeScalars.append(scalar)
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case " "..."~": text.unicodeScalars.append(scalar)
            default:
                if scalar.isPythonPrintable {
                    text.unicodeScalars.append(scalar)
                } else {
                    text += scalar.pythonEscape
                }
            }
        }
        text.unicodeScalars.append(quote)
    }
}

import JSON
package import Templating

/// How a model's calls of tools are written: what a grammar is made of that makes it call, and how calls of earlier turns
/// are written where no template does that.
package struct ToolCallSyntax: Hashable, Sendable {
    package enum Piece: Hashable, Sendable {
        case text(String)
        /// The tool's name, as it is.
        case name
        /// The call's identifier.
        case id
        /// The number of the call, from 0.
        case index
        case arguments
    }

    /// How the object of a call's arguments is written.
    package enum Arguments: Hashable, Sendable {
        /// As JSON, by the tool's schema.
        case json
        /// One element for each: strings as they are, all else as JSON.
        case elements(Element)
        /// `name=value`, comma between; values are JSON or Python.
        case keywords
        /// `{name:value}`: names without quotes, strings between `quote`, all else as JSON.
        case bareObject(quote: String)
    }

    package struct Element: Hashable, Sendable {
        package var start: String
        package var afterKey: String
        /// Behind the key of a string, where that differs.
        package var afterStringKey: String?
        package var end: String
    }

    /// Before the first call.
    package var opening = ""
    package var call: [Piece]
    package var arguments = Arguments.json
    /// Between calls; nil where a turn has one only.
    package var separator: String?
    /// After the last call.
    package var closing = ""

    /// Calls as the model would write them. What the caller said is content.
    package func text(of calls: [ToolCall]) -> MarkedText {
        var result = MarkedText.literal(opening)
        for (index, call) in calls.enumerated() {
            if index > 0 { result.append(.literal(separator ?? "")) }
            for piece in self.call { append(piece, of: call, index, to: &result) }
        }
        return result + .literal(closing)
    }

    private func append(_ piece: Piece, of call: ToolCall, _ index: Int, to text: inout MarkedText) {
        switch piece {
        case .text(let mark): text.append(.literal(mark))
        case .name: text.append(.content(call.name))
        case .id: text.append(.content(call.id ?? String(index)))
        case .index: text.append(.literal(String(index)))
        case .arguments: append(call.arguments, to: &text)
        }
    }

    private func append(_ values: JSONObject, to text: inout MarkedText) {
        switch arguments {
        case .json: text.append(.content(Self.json(.object(values))))
        case .elements(let element):
            for (key, value) in values {
                let afterKey = value.stringValue == nil ? element.afterKey : element.afterStringKey ?? element.afterKey
                text.append(.literal(element.start) + .content(key) + .literal(afterKey))
                text.append(.content(value.stringValue ?? Self.json(value)) + .literal(element.end))
            }
        case .keywords:
            let items = values.map { "\($0.key)=\(Self.json($0.value))" }
            text.append(.content(items.joined(separator: ", ")))
        case .bareObject(let quote): appendBare(.object(values), quote, to: &text)
        }
    }

    private func appendBare(_ value: JSONValue, _ quote: String, to text: inout MarkedText) {
        switch value {
        case .string(let string): text.append(.literal(quote) + .content(string) + .literal(quote))
        case .array(let elements):
            text.append("[")
            for (index, element) in elements.enumerated() {
                if index > 0 { text.append(",") }
                appendBare(element, quote, to: &text)
            }
            text.append("]")
        case .object(let members):
            text.append("{")
            for (index, member) in members.elements.enumerated() {
                text.append(.literal(index > 0 ? "," : "") + .content(member.key) + ":")
                appendBare(member.value, quote, to: &text)
            }
            text.append("}")
        default: text.append(.content(Self.json(value)))
        }
    }

    private static func json(_ value: JSONValue) -> String {
        JSONWriter(.python(ensureASCII: false)).text(of: value)
    }
}

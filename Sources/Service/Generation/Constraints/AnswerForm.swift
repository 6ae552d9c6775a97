package import JSON

/// What the content of an answer is held to.
package enum AnswerForm: Hashable, Sendable {
    /// Any JSON object.
    case json
    case schema(JSONValue)
    /// In llama.cpp's notation, GBNF.
    case grammar(String)
    case regex(String)
}

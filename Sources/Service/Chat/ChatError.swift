/// Why a conversation cannot be written as a prompt.
package enum ChatError: Error, Hashable, Sendable {
    /// The template cannot be parsed, or not be rendered with this conversation; the text says where and why.
    case template(String)
    case infillUnsupported
    /// The model has no way to call tools.
    case callsUnsupported
    /// The task that writes the prompt was cancelled.
    case cancelled
}

extension ChatError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .template(let message): message
        case .infillUnsupported: "the model's template has no place for a suffix; use a model that supports insert"
        case .callsUnsupported: "the model knows no way to call tools; leave \"tool_choice\" out or use another model"
        case .cancelled: "writing the prompt was cancelled"
        }
    }
}

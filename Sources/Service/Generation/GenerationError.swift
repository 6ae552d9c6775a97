/// Why an answer cannot be given; the server maps each case to a status.
package enum GenerationError: Error, Hashable, Sendable {
    case modelNotFound(String)
    /// The model's files cannot be read, or its architecture or tokenizer is unknown.
    case modelUnusable(model: String, reason: String)
    /// `capability` as Ollama names it: `completion`, `tools`, `insert`, `thinking`, `embedding`.
    case unsupportedCapability(model: String, capability: String)
    case promptTooLong(tokens: Int, limit: Int)
    /// A text that is to be embedded, by its place in the request, has more tokens than the context and was not to be cut.
    case inputTooLong(index: Int, tokens: Int, limit: Int)
    /// The embedding of a text, by its place in the request, is not a number.
    case notFinite(index: Int)
    /// The request cannot be written as a prompt: the template refuses it, or it holds what the model does not know.
    case promptFailed(String)
    /// The form that the answer is to have cannot be carried out, in words.
    case formUnusable(String)
    /// The template that came with the model cannot be read.
    case templateUnusable(String)
    /// The draft model that was asked for is not there, or does not go with the model.
    case draftUnusable(draft: String, reason: String)
    case imagesUnsupported(model: String)
    /// Too many requests wait already.
    case overloaded
    /// Weights or cache do not fit into memory.
    case outOfMemory(model: String, reason: String)
    case shuttingDown
    case engineFailed(String)
}

extension GenerationError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .modelNotFound(let name): "model '\(name)' not found"
        case .modelUnusable(let model, let reason): "model '\(model)' cannot be used: \(reason)"
        case .unsupportedCapability(let model, let capability): "\"\(model)\" does not support \(capability)"
        case .promptTooLong(let tokens, let limit):
            "the prompt has \(tokens) tokens and the context holds \(limit); shorten the prompt or raise num_ctx"
        case .inputTooLong(let index, let tokens, let limit):
            "the input length exceeds the context length: input \(index) has \(tokens) tokens and the context holds "
                + "\(limit); shorten it, let it be truncated or raise num_ctx"
        case .notFinite(let index):
            "embedding contains NaN or Inf values: that of input \(index); the model file may be damaged"
        case .promptFailed(let reason): "the prompt cannot be written: \(reason)"
        case .formUnusable(let reason): reason
        case .templateUnusable(let reason): "the model's template cannot be used: \(reason)"
        case .draftUnusable(let draft, let reason): "draft model '\(draft)' cannot be used: \(reason)"
        case .imagesUnsupported(let model): "model '\(model)' does not take images; send text only"
        case .overloaded: "server busy, please try again.  maximum pending requests exceeded"
        case .outOfMemory(let model, let reason): "model '\(model)' does not fit into memory: \(reason)"
        case .shuttingDown: "the server is shutting down"
        case .engineFailed(let reason): "the engine failed: \(reason)"
        }
    }
}

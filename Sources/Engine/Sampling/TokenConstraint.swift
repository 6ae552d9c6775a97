package import Tensors

/// What tokens may follow, whatever the model thinks of them. It sees the tokens of the answer only, not the prompt's.
package protocol TokenConstraint: Sendable {
    /// Sets the logits of tokens that may not follow to -infinity. At least one token may follow.
    /// - Parameter logits: of the whole vocabulary, and of what a model has beyond it, where no token may follow.
    mutating func restrict(_ logits: UnsafeMutableBufferPointer<Float>) throws(SamplingError)
    /// Takes note of a token of the answer.
    mutating func accept(_ token: TokenID) throws(SamplingError)
}

/// Why no token can be chosen.
package enum SamplingError: Error, Hashable, Sendable {
    /// No logit is a number.
    case notANumber
    /// A constraint cannot go on, in words.
    case constraint(String)
}

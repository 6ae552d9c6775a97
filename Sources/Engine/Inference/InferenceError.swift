package import Compute
import Sampling
package import Tensors

/// Why the engine cannot continue a sequence.
package enum InferenceError: Error, Hashable, Sendable {
    case emptyPrompt
    case promptTooLong(tokens: Int, limit: Int)
    case tokenOutsideVocabulary(token: TokenID, vocabularySize: Int)
    /// The executable threw; the sequences of that batch are lost, others go on.
    case stepFailed(ComputeError)
    /// The model's output holds no number.
    case notANumber
    /// What the answer is held to cannot go on.
    case constraintFailed(String)
    case shutDown
}

extension InferenceError {
    init(_ error: SamplingError) {
        self =
            switch error {
            case .notANumber: .notANumber
            case .constraint(let reason): .constraintFailed(reason)
            }
    }
}

extension InferenceError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .emptyPrompt: "the prompt is empty; give at least one token"
        case .promptTooLong(let tokens, let limit):
            "the prompt has \(tokens) tokens and the context has room for \(limit); shorten it or use a larger context"
        case .tokenOutsideVocabulary(let token, let size):
            "token \(token) of the prompt is outside the vocabulary of \(size) tokens"
        case .stepFailed(let error): "the batch failed: \(error)"
        case .notANumber: "the model's output is not a number; the model file may be damaged"
        case .constraintFailed(let reason): reason
        case .shutDown: "the engine is shut down; load the model again"
        }
    }
}

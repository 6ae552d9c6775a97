import Constraints
import Sampling
import Tensors

/// Lets a model write what a grammar allows.
struct GrammarConstraint: TokenConstraint {
    private var matcher: ConstraintMatcher

    init(_ matcher: ConstraintMatcher) {
        self.matcher = matcher
    }

    mutating func restrict(_ logits: UnsafeMutableBufferPointer<Float>) throws(SamplingError) {
        do throws(ConstraintError) {
            try matcher.mask().apply(to: logits)
        } catch {
            throw .constraint(error.description)
        }
    }

    mutating func accept(_ token: TokenID) throws(SamplingError) {
        do throws(ConstraintError) {
            try matcher.accept(token)
        } catch {
            throw .constraint(error.description)
        }
    }
}

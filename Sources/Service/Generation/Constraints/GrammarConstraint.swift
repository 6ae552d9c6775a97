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
        let mask: TokenMask
        do throws(ConstraintError) {
            mask = try matcher.mask()
        } catch {
            throw .constraint(error.description)
        }
        guard mask.count > 0 else {
            throw .constraint("the model has no token that could go on with, or end, the answer that was asked for")
        }
        mask.apply(to: logits)
    }

    mutating func accept(_ token: TokenID) throws(SamplingError) {
        do throws(ConstraintError) {
            try matcher.accept(token)
        } catch {
            throw .constraint(error.description)
        }
    }
}

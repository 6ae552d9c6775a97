package import Tensors

/// A chosen token, with log-probabilities where they were asked for.
package struct SampledToken: Hashable, Sendable {
    package struct Alternative: Hashable, Sendable {
        package var token: TokenID
        package var logProbability: Float

        package init(token: TokenID, logProbability: Float) {
            self.token = token
            self.logProbability = logProbability
        }
    }
    package var token: TokenID
    package var logProbability: Float?
    /// Most likely first.
    package var alternatives: [Alternative]

    package init(token: TokenID, logProbability: Float? = nil, alternatives: [Alternative] = []) {
        self.token = token
        self.logProbability = logProbability
        self.alternatives = alternatives
    }
}

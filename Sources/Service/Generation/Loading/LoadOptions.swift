/// What a model is loaded with: a request for other values loads it anew.
package struct LoadOptions: Hashable, Sendable {
    /// Tokens of a context, before it is cut to what the model was trained for.
    package var contextLength: Int
    /// Rows of a batch; nil leaves the choice.
    package var batchRows: Int?

    package init(contextLength: Int, batchRows: Int? = nil) {
        self.contextLength = max(contextLength, 4)
        self.batchRows = batchRows
    }

    /// Whether a model that was trained for `trainedContext` tokens would be loaded alike.
    func isEquivalent(to other: LoadOptions, trainedContext: Int) -> Bool {
        batchRows == other.batchRows
            && min(contextLength, trainedContext) == min(other.contextLength, trainedContext)
    }
}

/// Which rows of a batch a value has.
package enum RowSet: Hashable, Sendable {
    /// One for each token of the batch.
    case tokens
    /// One for each of the batch's output rows.
    case outputs
}

/// The result of a step: `width` floats for each row of a row set.
package struct Value: Hashable, Sendable {
    package let id: Int
    package let width: Int
    package let rows: RowSet

    package init(id: Int, width: Int, rows: RowSet = .tokens) {
        self.id = id
        self.width = width
        self.rows = rows
    }
}

/// The dimensions of a tensor in GGUF's order: the first is the length of a row, contiguous in memory.
package struct TensorShape: Hashable, Sendable, CustomStringConvertible {
    package let dimensions: [Int]
    package let elementCount: Int

    /// Nil where a dimension is negative or the number of elements overflows.
    package init?(_ dimensions: [Int]) {
        var count = 1
        for dimension in dimensions {
            guard dimension >= 0 else { return nil }
            let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
            guard !overflow else { return nil }
            count = product
        }
        self.dimensions = dimensions
        elementCount = count
    }

    /// Elements in a row, the input width of a matrix.
    package var rowLength: Int { dimensions.first ?? 1 }
    /// Rows over all outer dimensions, the output width of a matrix.
    package var rowCount: Int { dimensions.dropFirst().reduce(1, *) }

    /// Whether the shapes differ at most in dimensions of 1 at the end, which some writers of files leave out.
    package func matches(_ other: TensorShape) -> Bool {
        let (short, long) = dimensions.count < other.dimensions.count ? (self, other) : (other, self)
        return long.dimensions.starts(with: short.dimensions)
            && long.dimensions.dropFirst(short.dimensions.count).allSatisfy { $0 == 1 }
    }

    package var description: String { "[" + dimensions.map(String.init).joined(separator: ", ") + "]" }
}

import Tensors

/// A piece of a word on its way to becoming tokens.
struct MergeSymbol {
    /// Bytes from the start of the text.
    var start: Int32
    /// Bytes; 0 once it has become part of the symbol before.
    var length: Int32
    /// The number by which the rules know it.
    var id: Int32
}

/// Two neighbouring symbols may become one.
struct Merge {
    /// The lowest goes first; of equal ones the leftmost.
    var priority: UInt32
    /// The number of the symbol that they become.
    var id: Int32

    static let none = Merge(priority: .max, id: -1)
}

/// Says which neighbours may become one.
protocol MergeRules {
    /// The merge of `left` with its right neighbour, or `.none`.
    func merge(_ left: MergeSymbol, _ right: MergeSymbol, in text: UnsafeRawBufferPointer) -> Merge
}

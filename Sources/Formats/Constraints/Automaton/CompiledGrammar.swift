/// A grammar as nodes of a flat list. Parts stand before what has them, but for rules that use themselves.
struct CompiledGrammar {
    enum Node {
        /// A start state of the automaton of terminals.
        case terminal(Int32)
        case sequence(Range<Int>)
        case choice(Range<Int>)
        /// - atMost: `RegularExpressions.unlimited` where there is no limit.
        case repetition(Int32, atLeast: Int32, atMost: Int32)
        /// A rule that is being defined where it is used.
        case rule(Int)
    }

    var nodes: [Node] = []
    /// The members of sequences and choices.
    var members: [Int32] = []
    /// The node of each rule that is used.
    var rules: [Int: Int32] = [:]
    var root: Int32 = 0
    /// The empty text is one of the node's.
    var isNullable: [Bool] = []
    /// There is a text for the node.
    var isProductive: [Bool] = []
}

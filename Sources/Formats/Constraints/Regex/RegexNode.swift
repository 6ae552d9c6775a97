/// A regular expression as it was written.
indirect enum RegexNode: Hashable, Sendable {
    case scalars(ScalarSet)
    case sequence([RegexNode])
    case choice([RegexNode])
    case repetition(RegexNode, atLeast: Int, atMost: Int?, offset: Int)
    /// `^`
    case start
    /// `$`
    case end
    /// `(?=…)`, or `(?!…)` where it is negative.
    case lookahead(RegexNode, isNegative: Bool, offset: Int)

    static let empty = sequence([])
}

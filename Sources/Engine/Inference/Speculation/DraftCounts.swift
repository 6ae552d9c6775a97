/// How drafts fared: guesses of tokens that were verified by the model, several at a step.
package struct DraftCounts: Hashable, Sendable {
    /// Drafts that were verified.
    package private(set) var drafts = 0
    /// Tokens of them.
    package private(set) var drafted = 0
    /// Tokens that the model chose too.
    package private(set) var accepted = 0

    package init() {}

    package mutating func add(drafted: Int, accepted: Int) {
        drafts += 1
        self.drafted += drafted
        self.accepted += accepted
    }

    /// The share of drafted tokens that were accepted; nil without drafts.
    package var acceptance: Double? { drafted > 0 ? Double(accepted) / Double(drafted) : nil }
}

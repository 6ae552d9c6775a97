/// Whether an engine guesses tokens ahead and verifies several in a step. What is answered never depends on it.
package struct SpeculationSettings: Hashable, Sendable {
    package enum Mode: String, Hashable, Sendable, CaseIterable {
        case off
        /// Guesses come from the text itself.
        case ngram
        /// They come from a draft model too, where there is one.
        case auto
    }

    package var mode: Mode
    /// Tokens of a draft at most, where a request names no limit.
    package var maximumDraft: Int

    /// The longest draft that an engine makes room for.
    package static let longestDraft = 15

    package init(mode: Mode = .auto, maximumDraft: Int = longestDraft) {
        self.mode = mode
        self.maximumDraft = min(max(maximumDraft, 0), Self.longestDraft)
    }
}

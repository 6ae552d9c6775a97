/// How many rows of prompts a step gets, so that it lasts about as long as intended: a cancelled request ends at the next
/// step, and everyone who generates waits for the prompts in it.
///
/// Rows go by powers of two; what is computed does not depend on them, only when.
package struct StepPacing: Hashable, Sendable {
    private let target: Duration
    private let range: ClosedRange<Int>
    package private(set) var promptRows: Int

    /// - Parameter maximumRows: of a batch.
    package init(target: Duration, maximumRows: Int) {
        self.target = target
        let most = max(maximumRows, 1)
        range = min(32, most)...most
        promptRows = min(128, most)
    }

    /// Learns from a step that computed `rows` rows of prompts.
    package mutating func observe(rows: Int, duration: Duration) {
        guard rows > 0 else { return }
        if duration > target * 2 {
            promptRows = max(min(promptRows, rows) / 2, range.lowerBound)
        } else if duration < target / 2, rows >= promptRows {
            promptRows = min(promptRows * 2, range.upperBound)
        }
    }
}

/// All readings of a text.
struct ReadingSet: Hashable {
    /// Ascending.
    var readings: [StackTable.Reading] = []
    /// The text may end here.
    var isComplete = false
}

/// What `range` goes through: the elements of a list with their indexes, the entries of a map by key, or the numbers
/// below an integer.
struct GoRange: Sequence, IteratorProtocol {
    typealias Element = (key: GoValue, value: GoValue)

    private enum Source {
        case list([GoValue])
        case map([(key: String, value: GoValue)])
        case numbers(Int)
    }

    private let source: Source
    private var index = 0

    /// Nil where the value cannot be ranged over.
    init?(_ value: GoValue, _ pipeline: GoPipeline) {
        switch value.underlying {
        case .null: source = .list([])
        case .slice(let elements): source = .list(elements)
        case .map(let entries): source = .map(entries.inKeyOrder)
        case .int(let count) where pipeline.declarations.count < 2: source = .numbers(count)
        default: return nil
        }
    }

    mutating func next() -> Element? {
        defer { index += 1 }
        switch source {
        case .list(let elements):
            return index < elements.count ? (.int(index), elements[index]) : nil
        case .map(let entries):
            return index < entries.count ? (.content(entries[index].key), entries[index].value) : nil
        case .numbers(let count):
            return index < count ? (.int(index), .int(index)) : nil
        }
    }
}

/// How large a value is to whoever walks all of it. Templates can build values that share their parts, so that a few
/// operations make something too large to print, compare or even free.
struct JinjaSize {
    /// How many containers lie in one another.
    var depth: Int
    /// How many values there are in all, long strings counting for more.
    var weight: Int
    /// About how many bytes it prints as.
    var bytes: Int
    /// Some string in it holds contents.
    var holdsContent: Bool

    init(depth: Int, weight: Int, bytes: Int = 24, holdsContent: Bool = false) {
        self.depth = depth
        self.weight = weight
        self.bytes = bytes
        self.holdsContent = holdsContent
    }

    /// The size of a container of these values.
    init(of elements: some Sequence<JinjaValue>) {
        self.init(depth: 1, weight: 1)
        add(elements)
    }

    init(of elements: some Sequence<JinjaValue>, and others: some Sequence<JinjaValue>) {
        self.init(of: elements)
        add(others)
    }

    private static func sum(_ left: Int, _ right: Int) -> Int {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? Int.max : sum
    }

    private mutating func add(_ elements: some Sequence<JinjaValue>) {
        for element in elements {
            let size = element.size
            depth = max(depth, size.depth + 1)
            weight = Self.sum(weight, size.weight)
            bytes = Self.sum(bytes, size.bytes)
            holdsContent = holdsContent || size.holdsContent
        }
    }
}

extension JinjaValue {
    var size: JinjaSize {
        switch self {
        case .string(let text), .markup(let text):
            JinjaSize(
                depth: 0, weight: 1 + text.utf8.count / 64, bytes: 16 + text.utf8.count,
                holdsContent: text.holdsContent)
        case .list(let sequence), .tuple(let sequence): sequence.size
        case .dictionary(let dictionary): dictionary.size
        case .view(let view): view.sequence.size
        case .range(let range): JinjaSize(depth: 0, weight: range.count)
        case .iterator(let iterator): iterator.size
        case .callable(.method(_, _, let receiver)): JinjaSize(of: CollectionOfOne(receiver))
        default: JinjaSize(depth: 0, weight: 1)
        }
    }
}

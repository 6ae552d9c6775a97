/// How large a value is to whoever walks all of it. Templates can build values that share their parts, so that a few
/// operations make something too large to print, compare or even free.
struct JinjaSize {
    /// How many containers lie in one another.
    var depth: Int
    /// How many values there are in all, long strings counting for more.
    var weight: Int

    init(depth: Int, weight: Int) {
        self.depth = depth
        self.weight = weight
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

    private mutating func add(_ elements: some Sequence<JinjaValue>) {
        for element in elements {
            let size = element.size
            depth = max(depth, size.depth + 1)
            let (sum, overflow) = weight.addingReportingOverflow(size.weight)
            weight = overflow ? Int.max : sum
        }
    }
}

extension JinjaValue {
    var size: JinjaSize {
        switch self {
        case .string(let text), .markup(let text): JinjaSize(depth: 0, weight: 1 + text.utf8.count / 64)
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

import OrderedCollections

/// Equality and hashes as in Python: `1 == 1.0 == True`, sequences by element.
extension JinjaValue: Hashable {
    static func == (left: JinjaValue, right: JinjaValue) -> Bool {
        switch (left, right) {
        case (.string(let left), .string(let right)), (.markup(let left), .string(let right)),
            (.string(let left), .markup(let right)), (.markup(let left), .markup(let right)):
            left.utf8.count == right.utf8.count && left.utf8.elementsEqual(right.utf8)
        case (.none, .none), (.undefined, .undefined): true
        case (.list(let left), .list(let right)), (.tuple(let left), .tuple(let right)):
            left === right || left.elements == right.elements
        case (.dictionary(let left), .dictionary(let right)): left === right || left.hasSameEntries(as: right)
        case (.range(let left), .range(let right)): left.elements == right.elements
        case (.view(let left), .view(let right)):
            left.kind == right.kind && left.kind != .values
                && Set(left.sequence.elements) == Set(right.sequence.elements)
        case (.iterator(let left), .iterator(let right)): left === right
        case (.namespace(let left), .namespace(let right)): left === right
        case (.loop(let left), .loop(let right)): left === right
        case (.callable(let left), .callable(let right)): left.identity == right.identity
        default: areEqualNumbers(left, right)
        }
    }

    private static func areEqualNumbers(_ left: JinjaValue, _ right: JinjaValue) -> Bool {
        if let left = left.index, let right = right.index { return left == right }
        guard let left = left.number, let right = right.number else { return false }
        return left == right
    }

    func hash(into hasher: inout Hasher) {
        switch self {
        case .string(let text), .markup(let text): hasher.combine(text.text)
        case .bool, .integer, .float: hasher.combine(number)
        case .tuple(let sequence): hasher.combine(sequence.elements)
        default: break
        }
    }

    /// The type that cannot be a key, here or in an element of a tuple; nil where the value can.
    var unhashableType: String? {
        switch self {
        case .list, .dictionary, .view: typeName
        case .tuple(let sequence): sequence.unhashableType
        default: nil
        }
    }

    /// The very same value, as Python's `is` sees it where that is predictable.
    func isSame(as other: JinjaValue) -> Bool {
        switch (self, other) {
        case (.bool, .bool), (.integer, .integer), (.float, .float), (.none, .none), (.string, .string): self == other
        case (.namespace, .namespace), (.loop, .loop), (.iterator, .iterator): self == other
        default: false
        }
    }
}

extension JinjaDictionary {
    fileprivate func hasSameEntries(as other: JinjaDictionary) -> Bool {
        guard entries.count == other.entries.count else { return false }
        return entries.allSatisfy { other.entries[$0.key] == $0.value }
    }
}

extension JinjaSequence {
    fileprivate var unhashableType: String? {
        for element in elements {
            if let type = element.unhashableType { return type }
        }
        return nil
    }
}

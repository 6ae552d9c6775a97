import OrderedCollections

extension JinjaFilters {
    /// Filters for lists and whatever else has elements.
    static let sequences: [String: JinjaFilter] = [
        "length": lengthFilter,
        "count": lengthFilter,
        "list": JinjaFilter { (value, _, renderer) throws(TemplateError) in
            .list(try renderer.elements(of: value))
        },
        "first": JinjaFilter { (value, _, renderer) throws(TemplateError) in
            let first: JinjaValue?
            switch value {
            case .iterator(let iterator): first = iterator.takeFirst()
            case .string(let text), .markup(let text): first = text.codePoint(at: 0).map { .string($0) }
            default: first = try renderer.elements(of: value).first
            }
            return first ?? .undefined("No first item, sequence was empty.")
        },
        "last": JinjaFilter { (value, _, renderer) throws(TemplateError) in
            let last: JinjaValue?
            switch value {
            case .iterator, .none, .bool, .integer, .float, .namespace, .callable, .loop:
                throw TemplateError(.evaluation, "'\(value.typeName)' object is not reversible")
            case .string(let text), .markup(let text): last = text.codePoint(at: -1).map { value.likewise($0) }
            default: last = try renderer.elements(of: value).last
            }
            return last ?? .undefined("No last item, sequence was empty.")
        },
        "random": JinjaFilter { (value, _, renderer) throws(TemplateError) in
            try renderer.elements(of: value).randomElement()
                ?? .undefined("No random item, sequence was empty.")
        },
        "reverse": JinjaFilter { (value, _, renderer) throws(TemplateError) in
            if let text = value.marked {
                try renderer.charge(remaking: text, growth: 2, stepBytes: 4)
                return value.likewise(text.remade(as: String(scalars: text.unicodeScalars.reversed())))
            }
            guard value.isIterable else { throw TemplateError(.evaluation, "argument must be iterable") }
            let elements = try renderer.elements(of: value)
            try renderer.charge(elements: elements.count)
            if case .iterator = value { return .list(elements.reversed()) }
            return .iterator(JinjaIterator(elements.reversed(), typeName: "\(value.typeName)_reverseiterator"))
        },
        "sum": JinjaFilter("attribute?", "start?") { (value, arguments, renderer) throws(TemplateError) in
            var elements = try renderer.elements(of: value)
            if let attribute = arguments.given(0) {
                elements = try JinjaAttributePath(attribute).values(in: elements, renderer)
            }
            var sum = arguments[1] ?? .integer(0)
            try renderer.charge(steps: elements.count)
            for element in elements { sum = try JinjaArithmetic.apply(.add, sum, element, renderer) }
            return sum
        },
        "batch": JinjaFilter("linecount", "fill_with?", apply: batch),
        "slice": JinjaFilter("slices", "fill_with?", apply: slice),
    ]

    private static let lengthFilter = JinjaFilter { (value, _, renderer) throws(TemplateError) in
        .integer(try count(of: value, renderer))
    }

    /// Python's `len`.
    static func count(of value: JinjaValue, _ renderer: JinjaRenderer) throws(TemplateError) -> Int {
        switch value {
        case .undefined: return 0
        case .string(let text), .markup(let text):
            try renderer.charge(steps: text.utf8.count / 32)
            return text.codePointCount
        case .list(let sequence), .tuple(let sequence): return sequence.elements.count
        case .dictionary(let dictionary): return dictionary.entries.count
        case .view(let view): return view.sequence.elements.count
        case .range(let range): return range.count
        case .loop(let loop): return loop.count
        default: throw TemplateError(.evaluation, "object of type '\(value.typeName)' has no len()")
        }
    }

    private static func batch(
        _ value: JinjaValue, _ arguments: JinjaBoundArguments, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> JinjaValue {
        let size = try arguments.integer(0, default: 1)
        var batches: [JinjaValue] = []
        var batch: [JinjaValue] = []
        for element in try renderer.elements(of: value) {
            try renderer.charge(elements: 2)
            if batch.count == size {
                try renderer.charge(objects: 1)
                batches.append(.list(batch))
                batch = []
            }
            batch.append(element)
        }
        if !batch.isEmpty {
            if let fill = arguments.given(1), batch.count < size {
                try renderer.charge(elements: size - batch.count)
                batch += repeatElement(fill, count: size - batch.count)
            }
            batches.append(.list(batch))
        }
        return .iterator(JinjaIterator(batches))
    }

    private static func slice(
        _ value: JinjaValue, _ arguments: JinjaBoundArguments, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> JinjaValue {
        let elements = try renderer.elements(of: value)
        let count = try arguments.integer(0, default: 1)
        guard count != 0 else { throw TemplateError(.evaluation, "integer division or modulo by zero") }
        guard count > 0 else { return .iterator(JinjaIterator([])) }
        try renderer.charge(objects: count)
        try renderer.charge(elements: elements.count)
        let (size, longer) = elements.count.quotientAndRemainder(dividingBy: count)
        var slices: [JinjaValue] = []
        var start = 0
        for index in 0..<count {
            let end = start + size + (index < longer ? 1 : 0)
            var slice = Array(elements[start..<end])
            if index >= longer, let fill = arguments.given(1) { slice.append(fill) }
            slices.append(.list(slice))
            start = end
        }
        return .iterator(JinjaIterator(slices))
    }
}

import OrderedCollections

/// What a template finds without being given it.
enum JinjaGlobals {
    static func value(of name: String) -> JinjaValue? {
        all[name].map { .callable(.global(name, $0)) }
    }

    private static let all: [String: JinjaGlobal] = [
        "range": JinjaGlobal(call: range),
        "dict": JinjaGlobal(call: dictionary),
        "namespace": JinjaGlobal { (arguments, renderer) throws(TemplateError) in
            let namespace = JinjaNamespace(try namedValues(arguments, renderer))
            try renderer.keepForReclaim(namespace)
            return .namespace(namespace)
        },
        "cycler": JinjaGlobal { (arguments, renderer) throws(TemplateError) in
            guard !arguments.positional.isEmpty else {
                throw TemplateError(.evaluation, "at least one item has to be provided")
            }
            let cycler = JinjaCycler(arguments.positional)
            try renderer.keepForReclaim(cycler)
            return .callable(.cycler(cycler))
        },
        "joiner": JinjaGlobal { (arguments, renderer) throws(TemplateError) in
            let bound = try JinjaSignature(["sep?"]).bind(arguments, to: "joiner")
            return .callable(.joiner(JinjaJoiner(try bound[0].map(renderer.printed) ?? ", ")))
        },
        "raise_exception": JinjaGlobal { (arguments, renderer) throws(TemplateError) in
            let bound = try JinjaSignature(["message"]).bind(arguments, to: "raise_exception")
            throw TemplateError(.raised, try renderer.printed(bound.required(0)).text)
        },
        "strftime_now": JinjaGlobal { (arguments, renderer) throws(TemplateError) in
            let format = try JinjaSignature(["format"]).bind(arguments, to: "strftime_now").marked(0)
            try renderer.charge(remaking: format, growth: Strftime.longestItem, stepBytes: 1)
            return .string(format.remade(as: Strftime.format(format.text, renderer.now)))
        },
    ]

    // MARK: Ranges

    /// Transformers' sandbox makes no longer ones.
    private static let maximumRange = 100_000

    private static func range(
        _ arguments: JinjaCallArguments, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> JinjaValue {
        let bounds = arguments.positional
        guard (1...3).contains(bounds.count), arguments.keywords.isEmpty else {
            throw TemplateError(.evaluation, "range expected 1 to 3 arguments, got \(bounds.count)")
        }
        var integers: [Int] = []
        for bound in bounds {
            guard let integer = bound.index else {
                throw TemplateError(
                    .evaluation, "'\(bound.typeName)' object cannot be interpreted as an integer")
            }
            integers.append(integer)
        }
        let step = integers.count == 3 ? integers[2] : 1
        guard step != 0 else { throw TemplateError(.evaluation, "range() arg 3 must not be zero") }
        let start = integers.count == 1 ? 0 : integers[0]
        let range = JinjaRange(start: start, stop: integers.count == 1 ? integers[0] : integers[1], step: step)
        guard range.count <= maximumRange else {
            throw TemplateError(
                .evaluation,
                "Range too big. The sandbox blocks ranges larger than MAX_RANGE (\(maximumRange)).")
        }
        return .range(range)
    }

    // MARK: Dictionaries

    private static func dictionary(
        _ arguments: JinjaCallArguments, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> JinjaValue {
        var entries = OrderedDictionary<JinjaValue, JinjaValue>()
        guard arguments.positional.count <= 1 else {
            throw TemplateError(
                .evaluation, "dict expected at most 1 argument, got \(arguments.positional.count)")
        }
        try renderer.charge(elements: arguments.keywords.count * 3)
        if case .dictionary(let dictionary) = arguments.positional.first {
            try renderer.charge(elements: dictionary.entries.count * 3)
            entries = dictionary.entries
        } else if let pairs = arguments.positional.first {
            for pair in try renderer.elements(of: pairs) {
                let parts = try renderer.elements(of: pair)
                guard parts.count == 2 else {
                    throw TemplateError(
                        .evaluation, "dictionary update sequence element has length \(parts.count); 2 is required")
                }
                try renderer.requireHashable(parts[0])
                try renderer.charge(elements: 3)
                entries[parts[0]] = parts[1]
            }
        }
        for (name, value) in arguments.keywords { entries[.literal(name)] = value }
        return .dictionary(JinjaDictionary(entries))
    }

    private static func namedValues(
        _ arguments: JinjaCallArguments, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> OrderedDictionary<String, JinjaValue> {
        var values: OrderedDictionary<String, JinjaValue> = [:]
        let positional = arguments.positional.first?.entries ?? [:]
        try renderer.charge(elements: (positional.count + arguments.keywords.count) * 3)
        for (key, value) in positional {
            guard let name = key.text else { throw TemplateError(.evaluation, "names must be strings") }
            values[name] = value
        }
        for (name, value) in arguments.keywords { values[name] = value }
        return values
    }
}

import OrderedCollections

/// The methods of lists, tuples and ranges.
enum JinjaSequenceMethods {
    /// Methods of a list that would change it.
    static let mutating: Set<String> = ["append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove"]

    static let all: [String: JinjaMethod] = [
        "count": JinjaMethod("value") { (receiver, arguments, renderer) throws(TemplateError) in
            let elements = try renderer.elements(of: receiver)
            try renderer.charge(walking: receiver)
            return .integer(elements.count { $0 == arguments.required(0) })
        },
        "index": JinjaMethod("value") { (receiver, arguments, renderer) throws(TemplateError) in
            try renderer.charge(walking: receiver)
            let value = arguments.required(0)
            guard let index = try renderer.elements(of: receiver).firstIndex(of: value) else {
                try renderer.charge(representing: value)
                throw TemplateError(.evaluation, "\(value.represented) is not in list")
            }
            return .integer(index)
        },
    ]

    static let list = all.merging(["copy": JinjaMethod { receiver, _, _ in receiver }]) { first, _ in first }
}

/// The methods of dictionaries.
enum JinjaDictionaryMethods {
    /// Methods that would change the dictionary.
    static let mutating: Set<String> = ["clear", "pop", "popitem", "setdefault", "update"]

    static let all: [String: JinjaMethod] = [
        "get": JinjaMethod("key", "default?") { (receiver, arguments, renderer) throws(TemplateError) in
            let key = arguments.required(0)
            try renderer.requireHashable(key)
            return receiver.entries[key] ?? arguments[1] ?? .none
        },
        "keys": view(.keys) { (dictionary, renderer) throws(TemplateError) in
            try renderer.charge(elements: dictionary.entries.count)
            return Array(dictionary.entries.keys)
        },
        "values": view(.values) { (dictionary, renderer) throws(TemplateError) in
            try renderer.charge(elements: dictionary.entries.count)
            return Array(dictionary.entries.values)
        },
        "items": view(.items) { (dictionary, renderer) throws(TemplateError) in try dictionary.pairs(renderer) },
        "copy": JinjaMethod { receiver, _, _ in receiver },
    ]

    private static func view(
        _ kind: JinjaView.Kind,
        _ elements: @escaping @Sendable (JinjaDictionary, JinjaRenderer) throws(TemplateError) -> [JinjaValue]
    ) -> JinjaMethod {
        JinjaMethod { (receiver, _, renderer) throws(TemplateError) in
            guard case .dictionary(let dictionary) = receiver else { return .none }
            return .view(JinjaView(kind: kind, sequence: JinjaSequence(try elements(dictionary, renderer))))
        }
    }
}

/// The methods of numbers.
enum JinjaNumberMethods {
    static let all: [String: JinjaMethod] = [
        "is_integer": JinjaMethod { receiver, _, _ in
            .bool(receiver.number.map { $0.isFinite && $0 == $0.rounded() } ?? false)
        },
        "bit_length": JinjaMethod { receiver, _, _ in
            .integer(Int.bitWidth - Int(receiver.index ?? 0).magnitude.leadingZeroBitCount)
        },
    ]
}

/// The methods of `loop`.
enum JinjaLoopMethods {
    static let all: [String: JinjaMethod] = [
        "cycle": JinjaMethod("*") { (receiver, arguments, _) throws(TemplateError) in
            let values = arguments.rest.positional
            guard case .loop(let loop) = receiver, !values.isEmpty else {
                throw TemplateError(.evaluation, "no items for cycling given")
            }
            return values[loop.index0 % values.count]
        },
        "changed": JinjaMethod("*") { (receiver, arguments, renderer) throws(TemplateError) in
            guard case .loop(let loop) = receiver else { return .bool(false) }
            let values = arguments.rest.positional
            try renderer.charge(walking: .list(values))
            return .bool(loop.hasChanged(values))
        },
    ]
}

/// The methods of what `cycler` makes.
enum JinjaCyclerMethods {
    static let all: [String: JinjaMethod] = [
        "next": JinjaMethod { receiver, _, _ in
            if case .callable(.cycler(let cycler)) = receiver { cycler.next() } else { .none }
        },
        "reset": JinjaMethod { receiver, _, _ in
            if case .callable(.cycler(let cycler)) = receiver { cycler.reset() }
            return .none
        },
    ]
}

extension JinjaValue {
    /// The entries of a dictionary; none for any other value.
    var entries: OrderedDictionary<JinjaValue, JinjaValue> {
        if case .dictionary(let dictionary) = self { dictionary.entries } else { [:] }
    }
}

extension JinjaDictionary {
    /// The entries as tuples of key and value.
    func pairs(_ renderer: JinjaRenderer) throws(TemplateError) -> [JinjaValue] {
        try renderer.charge(objects: entries.count)
        return entries.map { .tuple([$0.key, $0.value]) }
    }
}

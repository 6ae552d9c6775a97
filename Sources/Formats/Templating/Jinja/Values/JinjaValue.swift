import OrderedCollections

/// A value as Python has it. Values do not change once made, namespaces apart.
///
/// Everything larger than a string is an object, so that values are cheap to hand on and recursion takes little stack.
enum JinjaValue {
    case undefined(JinjaUndefined)
    case none
    case bool(Bool)
    case integer(Int)
    case float(Double)
    case string(MarkedText)
    /// A string that is safe in HTML: what is added to it gets escaped.
    case markup(MarkedText)
    case list(JinjaSequence)
    case tuple(JinjaSequence)
    case dictionary(JinjaDictionary)
    /// What `keys()`, `values()` and `items()` of a dictionary give.
    case view(JinjaView)
    case range(JinjaRange)
    /// What can be walked once, such as the result of `map`.
    case iterator(JinjaIterator)
    case namespace(JinjaNamespace)
    case loop(JinjaLoop)
    case callable(JinjaCallable)
}

/// The elements of a list or tuple.
final class JinjaSequence {
    let elements: [JinjaValue]
    let size: JinjaSize
    /// A group made by `groupby`: a pair with the names `grouper` and `list`.
    let isGroup: Bool

    init(_ elements: [JinjaValue], isGroup: Bool = false) {
        self.elements = elements
        self.isGroup = isGroup
        size = JinjaSize(of: elements)
    }
}

/// A dictionary that keeps the order of its keys.
final class JinjaDictionary {
    let entries: OrderedDictionary<JinjaValue, JinjaValue>
    let size: JinjaSize

    init(_ entries: OrderedDictionary<JinjaValue, JinjaValue> = [:]) {
        self.entries = entries
        size = JinjaSize(of: entries.values, and: entries.keys)
    }

    subscript(_ key: String) -> JinjaValue? { entries[.literal(key)] }
}

/// The keys, values or items of a dictionary.
final class JinjaView {
    enum Kind: String { case keys, values, items }

    let kind: Kind
    let sequence: JinjaSequence

    init(kind: Kind, sequence: JinjaSequence) {
        self.kind = kind
        self.sequence = sequence
    }
}

/// `range(start, stop, step)`; the step is not zero.
final class JinjaRange {
    let start: Int
    let stop: Int
    let step: Int

    init(start: Int, stop: Int, step: Int) {
        self.start = start
        self.stop = stop
        self.step = step
    }

    var count: Int {
        let (low, high) = step > 0 ? (start, stop) : (stop, start)
        let (distance, overflow) = high.subtractingReportingOverflow(low)
        if overflow { return Int.max }
        guard distance > 0 else { return 0 }
        return Int((UInt(distance) - 1) / step.magnitude) + 1
    }

    var elements: [JinjaValue] {
        stride(from: start, to: stop, by: step).map { .integer($0) }
    }
}

/// Elements that are gone once taken.
final class JinjaIterator {
    private let elements: [JinjaValue]
    private var position = 0
    let size: JinjaSize
    let typeName: String
    var count: Int { elements.count }

    init(_ elements: [JinjaValue], typeName: String = "generator") {
        self.elements = elements
        self.typeName = typeName
        size = JinjaSize(of: elements)
    }

    func takeAll() -> [JinjaValue] {
        defer { position = elements.count }
        return position == 0 ? elements : Array(elements[position...])
    }

    func takeFirst() -> JinjaValue? {
        guard position < elements.count else { return nil }
        defer { position += 1 }
        return elements[position]
    }
}

/// The absence of a value, and what to say when something is made of it.
struct JinjaUndefined {
    let message: String
}

extension JinjaValue {
    static func list(_ elements: [JinjaValue]) -> JinjaValue { .list(JinjaSequence(elements)) }
    static func tuple(_ elements: [JinjaValue]) -> JinjaValue { .tuple(JinjaSequence(elements)) }

    static func undefined(_ message: String) -> JinjaValue { .undefined(JinjaUndefined(message: message)) }

    /// A string that the template says by itself.
    static func literal(_ text: String) -> JinjaValue { .string(.literal(text)) }

    var isUndefined: Bool {
        if case .undefined = self { true } else { false }
    }

    /// The characters of a string, safe or not.
    var text: String? { marked?.text }

    /// The string, safe or not.
    var marked: MarkedText? {
        switch self {
        case .string(let text), .markup(let text): text
        default: nil
        }
    }

    /// The string in the same kind of string as this value.
    func likewise(_ text: MarkedText) -> JinjaValue {
        if case .markup = self { .markup(text) } else { .string(text) }
    }

    /// A whole number; booleans count as 0 and 1.
    var index: Int? {
        switch self {
        case .integer(let value): value
        case .bool(let value): value ? 1 : 0
        default: nil
        }
    }

    /// Any number; booleans count as 0 and 1.
    var number: Double? {
        if case .float(let value) = self { return value }
        return index.map(Double.init)
    }

    var isTrue: Bool {
        switch self {
        case .undefined, .none: false
        case .bool(let value): value
        case .integer(let value): value != 0
        case .float(let value): value != 0
        case .string(let text), .markup(let text): !text.isEmpty
        case .list(let sequence), .tuple(let sequence): !sequence.elements.isEmpty
        case .dictionary(let dictionary): !dictionary.entries.isEmpty
        case .view(let view): !view.sequence.elements.isEmpty
        case .range(let range): range.count > 0
        case .loop(let loop): loop.count > 0
        case .iterator, .namespace, .callable: true
        }
    }

    /// The name of the type in Python.
    var typeName: String {
        switch self {
        case .undefined: "Undefined"
        case .none: "NoneType"
        case .bool: "bool"
        case .integer: "int"
        case .float: "float"
        case .string: "str"
        case .markup: "Markup"
        case .list: "list"
        case .tuple: "tuple"
        case .dictionary: "dict"
        case .view(let view): "dict_\(view.kind.rawValue)"
        case .range: "range"
        case .iterator(let iterator): iterator.typeName
        case .namespace: "Namespace"
        case .loop: "LoopContext"
        case .callable(let callable): callable.typeName
        }
    }

    /// How messages about missing attributes name the value.
    var described: String {
        switch self {
        case .none: "None"
        case .namespace: "jinja2.utils.Namespace object"
        case .loop: "jinja2.runtime.LoopContext object"
        case .markup: "markupsafe.Markup object"
        default: "\(typeName) object"
        }
    }
}

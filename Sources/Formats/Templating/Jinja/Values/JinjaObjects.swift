import OrderedCollections

/// What may hold a reference to itself through the values in it, and is emptied when rendering ends.
protocol JinjaReclaimable: AnyObject {
    func reclaim()
}

/// `namespace()`: attributes that a template may set from any scope.
final class JinjaNamespace: JinjaReclaimable {
    var attributes: OrderedDictionary<String, JinjaValue>

    init(_ attributes: OrderedDictionary<String, JinjaValue>) {
        self.attributes = attributes
    }

    func reclaim() { attributes = [:] }
}

/// The variables of a block of the template, inside those of the blocks around it.
final class JinjaScope: JinjaReclaimable {
    private var variables: [String: JinjaValue]
    private var parent: JinjaScope?
    /// A macro holds on to the scope.
    var isCaptured = false

    init(parent: JinjaScope?, variables: [String: JinjaValue] = [:]) {
        self.parent = parent
        self.variables = variables
    }

    /// The variable of the innermost scope that has one, and how many scopes were asked.
    func find(_ name: String) -> (value: JinjaValue?, scopes: Int) {
        var scope: JinjaScope? = self
        var count = 0
        while let current = scope {
            count += 1
            if let value = current.variables[name] { return (value, count) }
            scope = current.parent
        }
        return (nil, count)
    }

    func set(_ name: String, to value: JinjaValue) {
        variables[name] = value
    }

    /// Makes the scope fresh for the next round of a loop.
    func clear() {
        variables.removeAll(keepingCapacity: true)
    }

    func reclaim() {
        variables = [:]
        parent = nil
    }
}

/// A macro, or the body of a call block, with the scope it was defined in.
final class JinjaMacroValue {
    let macro: JinjaMacro
    let scope: JinjaScope

    init(_ macro: JinjaMacro, scope: JinjaScope) {
        self.macro = macro
        self.scope = scope
    }
}

/// The `loop` variable.
final class JinjaLoop {
    let loop: JinjaForLoop
    /// The scope around the loop, for `loop(…)` of a recursive one.
    let scope: JinjaScope
    let depth: Int
    let count: Int
    private var elements: [JinjaValue]
    private(set) var index0 = -1
    private var lastChanged: [JinjaValue]?

    init(_ loop: JinjaForLoop, scope: JinjaScope, elements: [JinjaValue], depth: Int) {
        self.loop = loop
        self.scope = scope
        self.elements = elements
        self.depth = depth
        count = elements.count
    }

    var index: Int { index0 + 1 }

    func advance() -> JinjaValue? {
        guard index < elements.count else { return nil }
        index0 += 1
        return elements[index0]
    }

    /// Lets go of the elements, so that loops kept by a template do not pile up.
    func finish() { elements = [] }

    var previous: JinjaValue? { element(at: index0 - 1) }
    var following: JinjaValue? { element(at: index0 + 1) }

    private func element(at index: Int) -> JinjaValue? {
        elements.indices.contains(index) ? elements[index] : nil
    }

    /// Whether the values differ from those of the last call.
    func hasChanged(_ values: [JinjaValue]) -> Bool {
        defer { lastChanged = values }
        return lastChanged != values
    }
}

/// `cycler(…)`: gives its values in turn.
final class JinjaCycler: JinjaReclaimable {
    private(set) var values: [JinjaValue]
    private var position = 0

    init(_ values: [JinjaValue]) {
        self.values = values
    }

    var current: JinjaValue { values.isEmpty ? .none : values[position] }

    func next() -> JinjaValue {
        defer { position = (position + 1) % max(values.count, 1) }
        return current
    }

    func reset() { position = 0 }
    func reclaim() { values = [] }
}

/// `joiner(separator)`: nothing at the first call, the separator at the others.
final class JinjaJoiner {
    private let separator: MarkedText
    private var wasUsed = false

    init(_ separator: MarkedText) {
        self.separator = separator
    }

    func next() -> MarkedText {
        defer { wasUsed = true }
        return wasUsed ? separator : ""
    }
}

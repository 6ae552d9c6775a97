import JSON
import OrderedCollections

/// One rendering of a template: its output so far, and how much it has done.
final class JinjaRenderer {
    private(set) var budget: TemplateBudget
    private let fixedTime: LocalTime?
    private(set) var output = MarkedText.literal("")
    private var recursion = 0

    /// Macro calls, loops and expressions inside one another; published templates nest 25 levels deep.
    private static let maximumRecursion = 250
    /// Containers inside one another.
    private static let maximumValueDepth = 600
    /// Where evaluation stands, for errors.
    var position = JinjaPosition(line: 0, column: 0)
    private var reclaimable: [any JinjaReclaimable] = []

    init(now: LocalTime?, budget: TemplateBudget) {
        fixedTime = now
        self.budget = budget
    }

    var now: LocalTime { fixedTime ?? .now }

    func render(
        _ statements: [JinjaStatement], _ variables: OrderedDictionary<String, JinjaValue>
    ) throws(TemplateError) -> MarkedText {
        do throws(TemplateError) {
            let context = JinjaScope(
                parent: nil, variables: Dictionary(variables.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 }))
            _ = try execute(statements, in: JinjaScope(parent: context))
            return output
        } catch {
            guard error.line == 0 else { throw error }
            throw TemplateError(error.kind, error.message, line: position.line, column: position.column)
        }
    }

    /// Breaks the cycles that templates can make, so that nothing leaks.
    func reclaim() {
        for object in reclaimable { object.reclaim() }
        reclaimable = []
    }

    func keepForReclaim(_ object: some JinjaReclaimable) throws(TemplateError) {
        try charge(bytes: Self.objectBytes)
        reclaimable.append(object)
    }

    // MARK: Output

    func write(_ text: MarkedText) throws(TemplateError) {
        try charge(bytes: text.byteCount)
        try budget.check(outputBytes: output.utf8.count + text.utf8.count)
        output.append(text)
    }

    /// Runs the body with an output of its own.
    /// - Returns: what it printed, and how it ended.
    func capture(
        _ body: () throws(TemplateError) -> JinjaFlow
    ) throws(TemplateError) -> (text: MarkedText, flow: JinjaFlow) {
        let outer = output
        output = ""
        defer { output = outer }
        let flow = try body()
        return (output, flow)
    }

    // MARK: Limits

    func charge(steps count: Int = 1) throws(TemplateError) {
        try budget.charge(steps: count)
    }

    /// Has to be called before the memory is used.
    func charge(bytes: Int) throws(TemplateError) {
        try budget.charge(bytes: bytes)
    }

    func charge(elements: Int) throws(TemplateError) {
        let (bytes, overflow) = elements.multipliedReportingOverflow(by: MemoryLayout<JinjaValue>.stride)
        try charge(bytes: overflow ? Int.max : bytes)
    }

    /// Pays for so many small values: an object and its elements each.
    func charge(objects: Int) throws(TemplateError) {
        let (bytes, overflow) = objects.multipliedReportingOverflow(by: Self.objectBytes)
        try charge(bytes: overflow ? Int.max : bytes)
    }

    /// What a list or namespace takes besides its elements, and a short string besides its place.
    private static let objectBytes = 160

    /// Pays for reading the text and for a text of about its size.
    /// - Parameters:
    ///   - growth: how many bytes at most become of one.
    ///   - stepBytes: how many bytes are read in a step.
    func charge(remaking text: MarkedText, growth: Int = 1, stepBytes: Int = 16) throws(TemplateError) {
        try charge(steps: text.utf8.count / stepBytes)
        let (bytes, overflow) = text.byteCount.multipliedReportingOverflow(by: growth)
        try charge(bytes: overflow ? Int.max : bytes)
    }

    /// Pays for walking all of the value.
    func charge(walking value: JinjaValue) throws(TemplateError) {
        try charge(steps: value.size.weight)
    }

    /// What the value prints as, once that is paid for.
    func printed(_ value: JinjaValue) throws(TemplateError) -> MarkedText {
        if let text = value.marked {
            try charge(steps: text.utf8.count / 64)
            return text
        }
        try charge(representing: value)
        return value.printed
    }

    /// Pays for what Python's `repr` gives, in which escapes may take up to four bytes for one.
    func charge(representing value: JinjaValue) throws(TemplateError) {
        try charge(walking: value)
        let (bytes, overflow) = value.size.bytes.multipliedReportingOverflow(by: 4)
        try charge(bytes: overflow ? Int.max : bytes)
    }

    /// Pays for a container that was made, and refuses one that nests too deep. Texts are paid for before.
    func charge(making value: JinjaValue) throws(TemplateError) -> JinjaValue {
        switch value {
        case .list(let sequence), .tuple(let sequence): try charge(container: sequence.elements.count)
        case .dictionary(let dictionary): try charge(container: dictionary.entries.count * 3)
        case .view(let view): try charge(container: view.sequence.elements.count)
        case .iterator(let iterator): try charge(container: iterator.count)
        case .string, .markup, .undefined, .none, .bool, .integer, .float, .range, .namespace, .loop, .callable: break
        }
        guard value.size.depth <= Self.maximumValueDepth else {
            throw TemplateError(
                .limit, "the template nests values more than \(Self.maximumValueDepth) levels deep")
        }
        return value
    }

    private func charge(container count: Int) throws(TemplateError) {
        try charge(objects: 1)
        try charge(elements: count)
    }

    func enter() throws(TemplateError) {
        recursion += 1
        guard recursion <= Self.maximumRecursion else {
            throw TemplateError(.limit, "the template recurses more than \(Self.maximumRecursion) levels deep")
        }
        try charge()
    }

    func leave() {
        recursion -= 1
    }
}

/// How a statement ended.
enum JinjaFlow {
    case onward
    case leavesLoop
    case continuesLoop
}

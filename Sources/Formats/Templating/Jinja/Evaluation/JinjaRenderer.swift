import JSON
import OrderedCollections

/// One rendering of a template: its output so far, and how much it has done.
final class JinjaRenderer {
    let limits: JinjaLimits
    private let fixedTime: LocalTime?
    private(set) var output = ""
    private var steps = 0
    private var allocatedBytes = 0
    private var recursion = 0
    /// Where evaluation stands, for errors.
    var position = JinjaPosition(line: 0, column: 0)
    private var reclaimable: [any JinjaReclaimable] = []

    init(now: LocalTime?, limits: JinjaLimits) {
        fixedTime = now
        self.limits = limits
    }

    var now: LocalTime { fixedTime ?? .now }

    func render(_ statements: [JinjaStatement], _ variables: JSONObject) throws(TemplateError) -> String {
        do throws(TemplateError) {
            let context = JinjaScope(parent: nil, variables: variables.jinjaValues)
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

    func keepForReclaim(_ object: some JinjaReclaimable) {
        reclaimable.append(object)
    }

    // MARK: Output

    func write(_ text: String) throws(TemplateError) {
        output += text
        guard output.utf8.count <= limits.outputBytes else {
            throw limitError("renders more than \(limits.outputBytes) bytes")
        }
    }

    /// Runs the body with an output of its own.
    /// - Returns: what it printed, and how it ended.
    func capture(
        _ body: () throws(TemplateError) -> JinjaFlow
    ) throws(TemplateError) -> (text: String, flow: JinjaFlow) {
        let outer = output
        output = ""
        defer { output = outer }
        let flow = try body()
        try charge(bytes: output.utf8.count)
        return (output, flow)
    }

    // MARK: Limits

    func charge(steps count: Int = 1) throws(TemplateError) {
        let (sum, overflow) = steps.addingReportingOverflow(count)
        guard !overflow, sum <= limits.steps else {
            throw limitError("takes more than \(limits.steps) steps")
        }
        steps = sum
    }

    /// Has to be called before the memory is used where the template chooses how much.
    func charge(bytes: Int) throws(TemplateError) {
        let (sum, overflow) = allocatedBytes.addingReportingOverflow(bytes)
        guard !overflow, sum <= limits.allocatedBytes else {
            throw limitError("makes more than \(limits.allocatedBytes) bytes of values")
        }
        allocatedBytes = sum
        try charge(steps: bytes / 64)
    }

    func charge(elements: Int) throws(TemplateError) {
        let (bytes, overflow) = elements.multipliedReportingOverflow(by: MemoryLayout<JinjaValue>.stride)
        try charge(bytes: overflow ? Int.max : bytes)
    }

    /// Pays for walking all of the value.
    func charge(walking value: JinjaValue) throws(TemplateError) {
        try charge(steps: value.size.weight)
    }

    /// Pays for a value that was made, and refuses one that nests too deep.
    func charge(making value: JinjaValue) throws(TemplateError) -> JinjaValue {
        switch value {
        case .string(let text), .markup(let text): try charge(bytes: text.utf8.count)
        case .list(let sequence), .tuple(let sequence): try charge(elements: sequence.elements.count)
        case .dictionary(let dictionary): try charge(elements: dictionary.entries.count * 2)
        case .view(let view): try charge(elements: view.sequence.elements.count)
        case .iterator(let iterator): try charge(elements: iterator.count)
        case .undefined, .none, .bool, .integer, .float, .range, .namespace, .loop, .callable: break
        }
        guard value.size.depth <= limits.valueDepth else {
            throw limitError("nests values more than \(limits.valueDepth) levels deep")
        }
        return value
    }

    func enter() throws(TemplateError) {
        recursion += 1
        guard recursion <= limits.recursion else {
            throw limitError("recurses more than \(limits.recursion) levels deep")
        }
        try charge()
    }

    func leave() {
        recursion -= 1
    }

    private func limitError(_ what: String) -> TemplateError {
        TemplateError(.limit, "the template \(what)")
    }
}

/// How a statement ended.
enum JinjaFlow {
    case onward
    case leavesLoop
    case continuesLoop
}

extension JSONObject {
    fileprivate var jinjaValues: [String: JinjaValue] {
        reduce(into: [:]) { $0[$1.key] = JinjaValue($1.value) }
    }
}

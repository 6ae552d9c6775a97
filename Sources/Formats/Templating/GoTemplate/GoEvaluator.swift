/// Walks the nodes of a template and writes its output; messages are those of Go's `text/template`.
struct GoEvaluator {
    private let source: [UInt8]
    private let tree: GoTemplateTree
    let now: LocalTime

    var budget: TemplateBudget
    private(set) var output: MarkedText = ""
    private var variables: [(name: String, value: GoValue)]
    /// What is being evaluated, or was last.
    var place: GoPlace?
    /// The defined template that is running; empty for the main one.
    private var templateName = ""
    private var depth = 0

    /// Nested actions, parentheses and template calls.
    private static let maximumDepth = 200
    /// What a node takes, beside what a budget counts as one step.
    private static let stepsPerNode = 3

    init(source: [UInt8], tree: GoTemplateTree, root: GoValue, now: LocalTime, budget: TemplateBudget) {
        self.source = source
        self.tree = tree
        self.now = now
        self.budget = budget
        variables = [("$", root)]
    }

    mutating func run() throws(TemplateError) {
        _ = try walk(tree.root, dot: variables[0].value)
    }

    // MARK: Nodes

    /// How a list of nodes was left.
    private enum Flow {
        case next, `break`, `continue`
    }

    private mutating func walk(_ nodes: [GoNode], dot: GoValue) throws(TemplateError) -> Flow {
        for node in nodes {
            try step()
            switch node {
            case .text(let text): try write(.literal(text))
            case .action(let pipeline):
                let value = try evaluate(pipeline, dot: dot)
                if pipeline.declarations.isEmpty { try print(value) }
            case .branch(let branch):
                place = .pipeline(branch.pipeline)
                let flow = try nested { evaluator throws(TemplateError) in
                    try evaluator.walk(branch, dot: dot)
                }
                if flow != .next { return flow }
            case .template(let name, let pipeline, let position):
                place = .template(name: name, pipeline, position: position)
                try call(template: name, pipeline, dot: dot)
            case .break: return .break
            case .continue: return .continue
            }
        }
        return .next
    }

    private mutating func walk(_ branch: GoBranch, dot: GoValue) throws(TemplateError) -> Flow {
        let mark = variables.count
        defer { variables.removeSubrange(mark...) }
        let value = try evaluate(branch.pipeline, dot: dot)
        switch branch.kind {
        case .if, .with:
            if value.isTrue { return try walk(branch.body, dot: branch.kind == .with ? value : dot) }
        case .range:
            if case .map(let entries) = value.underlying { try budget.charge(steps: entries.count * 8) }
            guard let entries = GoRange(value, branch.pipeline) else {
                let text = GoFormatter.text(of: value, limit: TemplateError.longestMessage).text
                throw error("range can't iterate over \(text)")
            }
            if let flow = try iterate(entries, branch) { return flow }
        }
        guard let otherwise = branch.otherwise else { return .next }
        return try walk(otherwise, dot: dot)
    }

    /// Runs the body once an entry. Nil where there was none.
    private mutating func iterate(_ entries: GoRange, _ branch: GoBranch) throws(TemplateError) -> Flow? {
        var isEmpty = true
        let mark = variables.count
        for entry in entries {
            isEmpty = false
            try step()
            try bind(entry, branch.pipeline)
            let flow = try walk(branch.body, dot: entry.value)
            variables.removeSubrange(mark...)
            if flow == .break { break }
        }
        return isEmpty ? nil : .next
    }

    /// One variable takes the element, of two the first takes the index.
    private mutating func bind(_ entry: GoRange.Element, _ pipeline: GoPipeline) throws(TemplateError) {
        let names = pipeline.declarations
        let values = names.count > 1 ? [entry.key, entry.value] : [entry.value]
        for (offset, (name, value)) in zip(names, values).enumerated() {
            if pipeline.isAssignment {
                try assign(name, value)
            } else {
                variables[variables.count - names.count + offset].value = value
            }
        }
    }

    private mutating func call(
        template name: String, _ pipeline: GoPipeline?, dot: GoValue
    ) throws(TemplateError) {
        guard let body = tree.definitions[name] else {
            throw error("template \(GoQuoting.quote(name)) not defined")
        }
        var argument = GoValue.null
        if let pipeline { argument = try evaluate(pipeline, dot: dot) }
        let outer = (variables, templateName)
        (variables, templateName) = ([("$", argument)], name)
        _ = try nested { evaluator throws(TemplateError) in try evaluator.walk(body, dot: argument) }
        (variables, templateName) = outer
    }

    // MARK: Pipelines

    mutating func evaluate(_ pipeline: GoPipeline, dot: GoValue) throws(TemplateError) -> GoValue {
        place = .pipeline(pipeline)
        var value: GoValue?
        for command in pipeline.commands { value = try evaluate(command, dot: dot, piped: value) }
        let result = value ?? .null
        for name in pipeline.declarations {
            if pipeline.isAssignment {
                try assign(name, result)
            } else {
                variables.append((name, result))
            }
        }
        return result
    }

    private mutating func assign(_ name: String, _ value: GoValue) throws(TemplateError) {
        try budget.charge(steps: variables.count / 8)
        guard let index = variables.lastIndex(where: { $0.name == name }) else {
            throw error("undefined variable: \(name)")
        }
        variables[index].value = value
    }

    mutating func variable(_ name: String) throws(TemplateError) -> GoValue? {
        guard let index = variables.lastIndex(where: { $0.name == name }) else { return nil }
        try budget.charge(steps: (variables.count - index) / 8)
        return variables[index].value
    }

    // MARK: Output

    /// Writes the value of an action.
    private mutating func print(_ value: GoValue) throws(TemplateError) {
        if case .string(let text) = value { return try write(text) }
        try write(value == .null ? "<no value>" : GoFormatter.text(of: value, limit: budget.remainingBytes))
    }

    private mutating func write(_ text: MarkedText) throws(TemplateError) {
        try budget.charge(bytes: text.byteCount)
        try budget.check(outputBytes: output.utf8.count + text.utf8.count)
        output.append(text)
    }

    // MARK: Limits

    mutating func step() throws(TemplateError) {
        try budget.charge(steps: Self.stepsPerNode)
    }

    mutating func nested<T>(_ body: (inout Self) throws(TemplateError) -> T) throws(TemplateError) -> T {
        guard depth < Self.maximumDepth else {
            throw TemplateError(.limit, error("exceeded maximum template depth (\(Self.maximumDepth))").message)
        }
        depth += 1
        defer { depth -= 1 }
        return try body(&self)
    }

    // MARK: Errors

    /// An error at the place that is being evaluated.
    func error(_ message: String) -> TemplateError {
        let before = source[..<min(place?.position ?? 0, source.count)]
        let line = 1 + before.count { $0 == UInt8(ascii: "\n") }
        // Go counts columns from 0.
        let column = before.count - (before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0)
        let name = GoQuoting.quote(templateName)
        let context = place?.description ?? ""
        let text = "template: :\(line):\(column): executing \(name) at <\(context)>: \(message)"
        return TemplateError(.evaluation, text, line: line, column: column + 1)
    }
}

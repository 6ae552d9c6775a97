/// Walks the nodes of a template and writes its output; messages are those of Go's `text/template`.
struct GoEvaluator {
    private let source: [UInt8]
    private let tree: GoTemplateTree
    let now: LocalTime
    private let limits: GoTemplate.Limits

    private(set) var output = ""
    private var variables: [(name: String, value: GoValue)]
    /// What is being evaluated, or was last.
    var place: GoPlace?
    /// The defined template that is running; empty for the main one.
    private var templateName = ""
    private var steps = 0
    private var depth = 0
    private var bytes = 0

    init(source: [UInt8], tree: GoTemplateTree, root: GoValue, now: LocalTime, limits: GoTemplate.Limits) {
        self.source = source
        self.tree = tree
        self.now = now
        self.limits = limits
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
            case .text(let text): try write(text)
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
            guard let entries = GoRange(value, branch.pipeline) else {
                throw error("range can't iterate over \(GoFormatter.text(of: value))")
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
        guard let index = variables.lastIndex(where: { $0.name == name }) else {
            throw error("undefined variable: \(name)")
        }
        variables[index].value = value
    }

    func variable(_ name: String) -> GoValue? {
        variables.last { $0.name == name }?.value
    }

    // MARK: Output

    /// Writes the value of an action.
    private mutating func print(_ value: GoValue) throws(TemplateError) {
        if case .string(let text) = value { return try write(text) }
        try write(value == .null ? "<no value>" : GoFormatter.text(of: value))
    }

    private mutating func write(_ text: String) throws(TemplateError) {
        try charge(text.utf8.count)
        output += text
    }

    // MARK: Limits

    mutating func step() throws(TemplateError) {
        steps += 1
        guard steps <= limits.steps else { throw limit("takes more than \(limits.steps) steps") }
    }

    /// Counts text that was made against what may be made.
    mutating func charge(_ count: Int) throws(TemplateError) {
        bytes += count
        guard bytes <= limits.bytes else { throw limit("writes more than \(limits.bytes) bytes") }
    }

    /// How much text may still be made.
    var remainingBytes: Int { max(0, limits.bytes - bytes) }

    mutating func nested<T>(_ body: (inout Self) throws(TemplateError) -> T) throws(TemplateError) -> T {
        guard depth < limits.depth else {
            throw TemplateError(.limit, error("exceeded maximum template depth (\(limits.depth))").message)
        }
        depth += 1
        defer { depth -= 1 }
        return try body(&self)
    }

    private func limit(_ what: String) -> TemplateError {
        TemplateError(.limit, "template: the template \(what)")
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

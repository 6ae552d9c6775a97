// What a template says about the model that it was written for.

extension GoTemplate {
    /// The names of all fields and variables that occur, in lower case and without `$`.
    package var names: Set<String> {
        var found: Set<String> = []
        for list in [tree.root] + tree.definitions.values { Self.visit(list) { found.formUnion($0.names) } }
        return found
    }

    /// The texts around a turn's `.Thinking`: what stands first and last in the nearest list of nodes within a range
    /// over the messages. Nil where there are none.
    package var thinkingTags: (opening: String, closing: String)? {
        var search = ThinkingTagSearch()
        search.visit(tree.root, within: nil)
        guard !search.opening.isEmpty, !search.closing.isEmpty else { return nil }
        return (search.opening, search.closing)
    }

    /// What a tool call starts with: the first text inside `if .ToolCalls`, up to its first brace; `{` where there is
    /// none.
    package var toolCallTag: String {
        guard let branch = Self.toolCallBranch(in: tree.root), let text = Self.firstText(in: branch.body) else {
            return "{"
        }
        let tag = String(decoding: text.utf8.prefix { $0 != UInt8(ascii: "{") }, as: UTF8.self).trimmingGoSpace
        return tag.isEmpty ? "{" : tag
    }

    /// The template with `.Response` at its end.
    package func appendingResponse() -> GoTemplate {
        let end = tree.root.count
        let operand = GoOperand(kind: .field(["Response"]), position: end)
        let command = GoCommand(position: end, operands: [operand])
        return replacingRoot(tree.root + [.action(GoPipeline(position: end, commands: [command]))])
    }

    /// The template up to and with its first `.Response`: what stands before the end of an answer.
    package func cutAfterResponse() -> GoTemplate {
        replacingRoot(Self.cutAfterResponse(tree.root).nodes)
    }

    // MARK: Walks

    private static func visit(_ nodes: [GoNode], _ body: (GoOperand) -> Void) {
        for node in nodes {
            node.pipeline?.visitOperands(body)
            if case .branch(let branch) = node {
                visit(branch.body, body)
                visit(branch.otherwise ?? [], body)
            }
        }
    }

    private static func toolCallBranch(in nodes: [GoNode]) -> GoBranch? {
        for case .branch(let branch) in nodes {
            if branch.kind == .if, branch.pipeline.takesField({ $0.contains("ToolCalls") }) { return branch }
            if let found = toolCallBranch(in: branch.body) ?? toolCallBranch(in: branch.otherwise ?? []) {
                return found
            }
        }
        return nil
    }

    /// The first text that is not blank; an action ends the search in its list.
    private static func firstText(in nodes: [GoNode]) -> String? {
        for node in nodes {
            switch node {
            case .text(let text) where !text.trimmingGoSpace.isEmpty: return text
            case .action: return nil
            case .branch(let branch):
                if let text = firstText(in: branch.body) ?? firstText(in: branch.otherwise ?? []) { return text }
            case .text, .template, .break, .continue: continue
            }
        }
        return nil
    }

    private static func cutAfterResponse(_ nodes: [GoNode]) -> (nodes: [GoNode], isCut: Bool) {
        var kept: [GoNode] = []
        for node in nodes {
            switch node {
            case .action(let pipeline) where pipeline.takesField({ $0.contains("Response") }):
                return (kept + [node], true)
            case .branch(var branch):
                let body = cutAfterResponse(branch.body)
                let otherwise = branch.otherwise.map(cutAfterResponse)
                (branch.body, branch.otherwise) = (body.nodes, otherwise?.nodes)
                kept.append(.branch(branch))
                if body.isCut || otherwise?.isCut == true { return (kept, true) }
            default: kept.append(node)
            }
        }
        return (kept, false)
    }
}

private struct ThinkingTagSearch {
    var opening = ""
    var closing = ""

    /// - Parameter range: the nearest `range` around the nodes.
    mutating func visit(_ nodes: [GoNode], within range: GoBranch?) {
        for node in nodes {
            var nearest = range
            if case .branch(let branch) = node, branch.kind == .range { nearest = branch }
            if let pipeline = node.pipeline { look(at: pipeline, of: nodes, within: nearest) }
            guard case .branch(let branch) = node else { continue }
            visit(branch.body, within: nearest)
            visit(branch.otherwise ?? [], within: nearest)
        }
    }

    /// The last use wins.
    private mutating func look(at pipeline: GoPipeline, of list: [GoNode], within range: GoBranch?) {
        guard let range, range.pipeline.takesField({ $0.first == "Messages" }),
            pipeline.takesField({ $0.first == "Thinking" })
        else { return }
        if case .text(let text)? = list.first { opening = text.trimmingGoSpace }
        if case .text(let text)? = list.last { closing = text.trimmingGoSpace }
    }
}

extension GoNode {
    fileprivate var pipeline: GoPipeline? {
        switch self {
        case .action(let pipeline): pipeline
        case .branch(let branch): branch.pipeline
        case .template(_, let pipeline, _): pipeline
        case .text, .break, .continue: nil
        }
    }
}

extension GoPipeline {
    /// Visits the operands, and those inside of parentheses.
    fileprivate func visitOperands(_ body: (GoOperand) -> Void) {
        for operand in commands.flatMap(\.operands) {
            body(operand)
            switch operand.kind {
            case .pipeline(let pipeline), .chain(let pipeline, _): pipeline.visitOperands(body)
            default: break
            }
        }
    }

    /// Whether a field of which `matches` holds is used; `$.A.B` counts as `.A.B`.
    fileprivate func takesField(_ matches: ([String]) -> Bool) -> Bool {
        var found = false
        visitOperands { operand in
            switch operand.kind {
            case .field(let names): found = found || matches(names)
            case .variable("$", let names): found = found || matches(names)
            default: break
            }
        }
        return found
    }
}

extension GoOperand {
    fileprivate var names: [String] {
        switch kind {
        case .field(let names), .chain(_, let names): names.map { $0.lowercased() }
        case .variable(let name, let names): ([String(name.dropFirst())] + names).map { $0.lowercased() }
        default: []
        }
    }
}

extension String {
    /// Without white space at either end.
    var trimmingGoSpace: String {
        let isSpace = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace }
        guard let start = unicodeScalars.firstIndex(where: { !isSpace($0) }),
            let end = unicodeScalars.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(unicodeScalars[start...end])
    }
}

extension JinjaParser {
    // MARK: Bodies

    /// Parses up to one of the tags, which stays the current token; to the end where no tag is given.
    mutating func parseBody(until ends: [String]) throws(TemplateError) -> [JinjaStatement] {
        try enter()
        defer { leave() }
        var statements: [JinjaStatement] = []
        while true {
            switch current {
            case .data(let text):
                advance()
                statements.append(.text(text))
            case .variableBegin:
                let position = position
                advance()
                statements.append(.output(try parseTuple(), position))
                try expect(.variableEnd)
            case .blockBegin:
                advance()
                if case .name(let name) = current, ends.contains(name) { return statements }
                statements.append(contentsOf: try parseTag())
                try expect(.blockEnd)
            default:
                guard ends.isEmpty else { throw unexpectedEnd() }
                return statements
            }
        }
    }

    /// Parses the body of a tag that has just been read, and the name of the tag that ends it.
    private mutating func parseTagBody(
        of tag: String, until ends: String...
    ) throws(TemplateError) -> (body: [JinjaStatement], end: String) {
        _ = take(.colon)
        try expect(.blockEnd)
        openTags.append((tag, ends))
        let body = try parseBody(until: ends)
        openTags.removeLast()
        return (body, try expectName())
    }

    private func unexpectedEnd() -> TemplateError {
        guard let open = openTags.last else { return error("Unexpected end of template.") }
        return error(
            "Unexpected end of template. Jinja was looking for the following tags: \(list(open.ends)). "
                + "The innermost block that needs to be closed is '\(open.tag)'.")
    }

    private func unknownTag(_ tag: String) -> TemplateError {
        guard let open = openTags.last else { return error("Encountered unknown tag '\(tag)'.") }
        let isMisnested = openTags.contains { $0.ends.contains(tag) }
        let hint =
            isMisnested
            ? "You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for"
            : "Jinja was looking for the following tags:"
        return error(
            "Encountered unknown tag '\(tag)'. \(hint) \(list(open.ends)). "
                + "The innermost block that needs to be closed is '\(open.tag)'.")
    }

    private func list(_ tags: [String]) -> String {
        tags.map { "'\($0)'" }.joined(separator: " or ")
    }

    // MARK: Tags

    private mutating func parseTag() throws(TemplateError) -> [JinjaStatement] {
        let position = position
        guard case .name(let tag) = current else { throw error("tag name expected") }
        switch tag {
        case "if": return [try parseIf()]
        case "for": return [try parseFor()]
        case "set": return [try parseSet()]
        case "macro": return [try parseMacro()]
        case "call": return [try parseCallBlock()]
        case "filter": return [try parseFilterBlock()]
        case "with": return [try parseWith()]
        case "print": return try parsePrint()
        case "break", "continue":
            guard loopDepth > 0 else { throw error("'\(tag)' outside loop") }
            advance()
            return [tag == "break" ? .breakLoop : .continueLoop]
        case "generation": return [try parseGeneration()]
        case "block": return [try parseBlock()]
        case "autoescape": return [try parseAutoescape()]
        case "extends", "include", "import", "from":
            while current != .blockEnd, current != .end { advance() }
            return [.unsupported(tag: tag, position)]
        default: throw unknownTag(tag)
        }
    }

    private mutating func parseIf() throws(TemplateError) -> JinjaStatement {
        let known = unknownNames.count
        defer { unknownNames.removeSubrange(known...) }
        var branches: [JinjaBranch] = []
        advance()
        while true {
            let condition = try parseTuple(allowsConditional: false)
            let (body, end) = try parseTagBody(of: "if", until: "elif", "else", "endif")
            branches.append(JinjaBranch(condition: condition, body: body))
            if end == "elif" { continue }
            guard end == "else" else { return .conditional(branches, otherwise: []) }
            return .conditional(branches, otherwise: try parseTagBody(of: "if", until: "endif").body)
        }
    }

    private mutating func parseFor() throws(TemplateError) -> JinjaStatement {
        let position = position
        advance()
        let target = try parseTarget(until: "in")
        guard take(keyword: "in") else { throw error("expected token 'in', got '\(current)'") }
        let iterable = try parseTuple(allowsConditional: false, until: "recursive")
        let filter = take(keyword: "if") ? try parseExpression() : nil
        let isRecursive = take(keyword: "recursive")
        loopDepth += 1
        let (body, end) = try parseTagBody(of: "for", until: "endfor", "else")
        loopDepth -= 1
        let otherwise = end == "else" ? try parseTagBody(of: "for", until: "endfor").body : []
        return .loop(
            JinjaForLoop(
                target: target, iterable: iterable, filter: filter, isRecursive: isRecursive, body: body,
                otherwise: otherwise, position: position))
    }

    private mutating func parseSet() throws(TemplateError) -> JinjaStatement {
        let position = position
        advance()
        let target = try parseTarget(allowsNamespace: true)
        if take(.assign) { return .assignment(target, try parseTuple(), position) }
        let filters = try parseFilters()
        let body = try parseTagBody(of: "set", until: "endset").body
        return .blockAssignment(target, filters: filters, body: body, position)
    }

    private mutating func parseFilterBlock() throws(TemplateError) -> JinjaStatement {
        advance()
        var filters = [try parseFilter()]
        filters += try parseFilters()
        return .filterBlock(filters, body: try parseTagBody(of: "filter", until: "endfilter").body)
    }

    private mutating func parseFilters() throws(TemplateError) -> [JinjaPostfix] {
        var filters: [JinjaPostfix] = []
        while take(.pipe) { filters.append(try parseFilter()) }
        return filters
    }

    private mutating func parseWith() throws(TemplateError) -> JinjaStatement {
        advance()
        var bindings: [JinjaBinding] = []
        while current != .blockEnd, current != .symbol(.colon) {
            if !bindings.isEmpty { try expect(.comma) }
            let target = try parseTarget()
            try expect(.assign)
            bindings.append(JinjaBinding(target: target, value: try parseExpression()))
        }
        return .with(bindings, body: try parseTagBody(of: "with", until: "endwith").body)
    }

    private mutating func parsePrint() throws(TemplateError) -> [JinjaStatement] {
        advance()
        var outputs: [JinjaStatement] = []
        while current != .blockEnd {
            if !outputs.isEmpty { try expect(.comma) }
            let position = position
            outputs.append(.output(try parseExpression(), position))
        }
        return outputs
    }

    /// Marks what the model generates, for training. It prints its body.
    private mutating func parseGeneration() throws(TemplateError) -> JinjaStatement {
        advance()
        let outerLoops = loopDepth
        loopDepth = 0
        defer { loopDepth = outerLoops }
        return .scope(try parseTagBody(of: "generation", until: "endgeneration").body)
    }

    /// Without inheritance a block prints its body where it stands.
    private mutating func parseBlock() throws(TemplateError) -> JinjaStatement {
        advance()
        let name = try expectName()
        _ = take(keyword: "scoped")
        _ = take(keyword: "required")
        let outerLoops = loopDepth
        loopDepth = 0
        defer { loopDepth = outerLoops }
        let body = try parseTagBody(of: "block", until: "endblock").body
        _ = take(keyword: name)
        return .scope(body)
    }

    private mutating func parseAutoescape() throws(TemplateError) -> JinjaStatement {
        let start = position
        advance()
        let isEnabled = take(keyword: "true") || take(keyword: "True")
        guard isEnabled || take(keyword: "false") || take(keyword: "False") else {
            throw error("autoescape takes true or false")
        }
        let body = try parseTagBody(of: "autoescape", until: "endautoescape").body
        return isEnabled ? .unsupported(tag: "autoescape", start) : .scope(body)
    }

    // MARK: Macros

    private mutating func parseMacro() throws(TemplateError) -> JinjaStatement {
        advance()
        let name = try expectName()
        return .macro(try parseMacroRest(name: name, tag: "macro", end: "endmacro", parameters: try parseSignature()))
    }

    private mutating func parseCallBlock() throws(TemplateError) -> JinjaStatement {
        let position = position
        advance()
        let parameters = current == .symbol(.leftParenthesis) ? try parseSignature() : []
        let call = try parseExpression()
        guard case .postfix(_, let operations) = call, case .call = operations.last else {
            throw error("expected call", at: position)
        }
        let caller = try parseMacroRest(name: nil, tag: "call", end: "endcall", parameters: parameters)
        return .callBlock(call: call, caller: caller, position)
    }

    private mutating func parseMacroRest(
        name: String?, tag: String, end: String, parameters: [JinjaMacro.Parameter]
    ) throws(TemplateError) -> JinjaMacro {
        let outerLoops = loopDepth
        loopDepth = 0
        macroExtras.append(JinjaMacro.Extras())
        let body = try parseTagBody(of: tag, until: end).body
        loopDepth = outerLoops
        var extras = macroExtras.removeLast()
        if let caller = parameters.first(where: { $0.name == "caller" }) {
            extras.caller = false
            guard caller.defaultValue != nil else {
                throw error(
                    "When defining macros or call blocks the special \"caller\" argument must be omitted or be given"
                        + " a default.")
            }
        }
        return JinjaMacro(name: name, parameters: parameters, extras: extras, body: body)
    }

    private mutating func parseSignature() throws(TemplateError) -> [JinjaMacro.Parameter] {
        try expect(.leftParenthesis)
        var parameters: [JinjaMacro.Parameter] = []
        while current != .symbol(.rightParenthesis) {
            if !parameters.isEmpty { try expect(.comma) }
            let name = try expectName()
            if take(.assign) {
                parameters.append(.init(name: name, defaultValue: try parseExpression()))
            } else if parameters.last?.defaultValue != nil {
                throw error("non-default argument follows default argument")
            } else {
                parameters.append(.init(name: name, defaultValue: nil))
            }
        }
        try expect(.rightParenthesis)
        return parameters
    }

    // MARK: Targets

    /// One target, or several separated by commas.
    private mutating func parseTarget(
        allowsNamespace: Bool = false, until end: String? = nil
    ) throws(TemplateError) -> JinjaTarget {
        var targets: [JinjaTarget] = []
        var isTuple = false
        while true {
            targets.append(try parseSingleTarget(allowsNamespace: allowsNamespace))
            guard take(.comma) else { break }
            isTuple = true
            if let end, current == .name(end) { break }
            if [.blockEnd, .symbol(.assign), .symbol(.rightParenthesis)].contains(current) { break }
        }
        return isTuple ? .tuple(targets) : targets[0]
    }

    private mutating func parseSingleTarget(allowsNamespace: Bool) throws(TemplateError) -> JinjaTarget {
        try enter()
        defer { leave() }
        if take(.leftParenthesis) {
            let target = try parseTarget()
            try expect(.rightParenthesis)
            return target
        }
        let position = position
        let name = try expectName()
        if ["true", "false", "none", "True", "False", "None"].contains(name) {
            throw error("can't assign to 'const'", at: position)
        }
        guard allowsNamespace, take(.dot) else { return .name(name) }
        return .attribute(namespace: name, try expectName())
    }
}

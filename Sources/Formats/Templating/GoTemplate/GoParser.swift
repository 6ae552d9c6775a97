/// Parses a Go template; messages are those of Go's `text/template/parse`.
struct GoParser {
    /// Nested actions and parentheses; deeper ones are refused for the stack's sake.
    static let maximumDepth = 200
    /// Variables in one another's sight, which are looked for one by one.
    static let maximumVariables = 1000

    private let tokens: [GoToken]
    /// Names of the functions that may be called.
    let functions: Set<String>
    private var cursor = 0
    /// The last token looked at: errors are reported at its line.
    private var furthest = 0
    var variables = ["$"]
    private var rangeDepth = 0
    private var depth = 0
    private var definitions: [String: [GoNode]] = [:]

    init(_ source: String, functions: Set<String>) {
        tokens = GoLexer.tokens(of: Array(source.utf8))
        self.functions = functions
    }

    mutating func parse() throws(TemplateError) -> GoTemplateTree {
        guard tokens.count <= TemplateSource.maximumTokens else { throw TemplateSource.tooManyTokens }
        var root: [GoNode] = []
        while peek().kind != .endOfFile {
            if try parseDefinition() { continue }
            switch try textOrAction() {
            case .node(let node): root.append(node)
            case .terminator(let terminator): throw error("unexpected \(terminator.text)")
            }
        }
        return GoTemplateTree(root: root, definitions: definitions)
    }

    // MARK: Tokens

    func peek(_ offset: Int = 0) -> GoToken { tokens[min(cursor + offset, tokens.count - 1)] }

    mutating func next() -> GoToken {
        furthest = max(furthest, min(cursor, tokens.count - 1))
        defer { cursor += 1 }
        return peek()
    }

    mutating func peekNonSpace() -> GoToken {
        while peek().kind == .space { cursor += 1 }
        furthest = max(furthest, min(cursor, tokens.count - 1))
        return peek()
    }

    mutating func nextNonSpace() -> GoToken {
        _ = peekNonSpace()
        return next()
    }

    mutating func backUp() { cursor -= 1 }

    private mutating func expect(_ kinds: GoToken.Kind..., context: String) throws(TemplateError) -> GoToken {
        let token = nextNonSpace()
        guard kinds.contains(token.kind) else { throw unexpected(token, context) }
        return token
    }

    func error(_ message: String) -> TemplateError {
        let token = tokens[furthest]
        return TemplateError(.syntax, "template: :\(token.line): \(message)", line: token.line)
    }

    func unexpected(_ token: GoToken, _ context: String) -> TemplateError {
        token.kind == .error ? error(token.text) : error("unexpected \(token) in \(context)")
    }

    mutating func nested<T>(_ body: (inout Self) throws(TemplateError) -> T) throws(TemplateError) -> T {
        guard depth < Self.maximumDepth else {
            throw TemplateError(.limit, error("nested too deeply").message, line: tokens[furthest].line)
        }
        depth += 1
        defer { depth -= 1 }
        return try body(&self)
    }

    // MARK: Lists

    /// What ends a list of nodes.
    private enum Terminator {
        case end, `else`

        var text: String { self == .end ? "{{end}}" : "{{else}}" }
    }

    private enum Item {
        case node(GoNode)
        case terminator(Terminator)
    }

    private mutating func itemList() throws(TemplateError) -> ([GoNode], Terminator) {
        var nodes: [GoNode] = []
        while peekNonSpace().kind != .endOfFile {
            switch try textOrAction() {
            case .node(let node): nodes.append(node)
            case .terminator(let terminator): return (nodes, terminator)
            }
        }
        throw error("unexpected EOF")
    }

    private mutating func textOrAction() throws(TemplateError) -> Item {
        let token = nextNonSpace()
        switch token.kind {
        case .text: return .node(.text(token.text))
        case .leftDelimiter: return try action(at: token.position)
        default: throw unexpected(token, "input")
        }
    }

    private mutating func action(at position: Int) throws(TemplateError) -> Item {
        let token = nextNonSpace()
        guard case .keyword(let keyword) = token.kind else {
            backUp()
            let pipeline = try pipeline(context: "command", closing: .rightDelimiter)
            return .node(.action(pipeline))
        }
        switch keyword {
        case .if: return .node(.branch(try branch(.if, at: token.position)))
        case .with: return .node(.branch(try branch(.with, at: token.position)))
        case .range: return .node(.branch(try branch(.range, at: token.position)))
        case .block: return .node(try block())
        case .template: return .node(try templateCall())
        case .break, .continue: return .node(try loopControl(keyword))
        case .end:
            _ = try expect(.rightDelimiter, context: "end")
            return .terminator(.end)
        case .else: return .terminator(try elseControl())
        case .define: throw unexpected(token, "command")
        }
    }

    // MARK: Actions

    private mutating func elseControl() throws(TemplateError) -> Terminator {
        switch peekNonSpace().kind {
        case .keyword(.if), .keyword(.with): return .else
        default:
            _ = try expect(.rightDelimiter, context: "else")
            return .else
        }
    }

    private mutating func loopControl(_ keyword: GoToken.Keyword) throws(TemplateError) -> GoNode {
        let token = nextNonSpace()
        guard token.kind == .rightDelimiter else { throw unexpected(token, "{{\(keyword.rawValue)}}") }
        guard rangeDepth > 0 else { throw error("{{\(keyword.rawValue)}} outside {{range}}") }
        return keyword == .break ? .break : .continue
    }

    private mutating func branch(_ kind: GoBranch.Kind, at position: Int) throws(TemplateError) -> GoBranch {
        try nested { parser throws(TemplateError) in
            let outerVariables = parser.variables.count
            defer { parser.variables.removeSubrange(outerVariables...) }
            let pipeline = try parser.pipeline(context: kind.rawValue, closing: .rightDelimiter)
            if kind == .range { parser.rangeDepth += 1 }
            let (body, terminator) = try parser.itemList()
            if kind == .range { parser.rangeDepth -= 1 }
            let otherwise = terminator == .else ? try parser.otherwise(of: kind) : nil
            return GoBranch(
                kind: kind, pipeline: pipeline, body: body, otherwise: otherwise, position: position)
        }
    }

    /// What follows `{{else`: a list up to `{{end}}`, or a chained branch that shares the `{{end}}`.
    private mutating func otherwise(of kind: GoBranch.Kind) throws(TemplateError) -> [GoNode] {
        let token = peek()
        if token.kind == .keyword(.if), kind == .if {
            _ = next()
            return [.branch(try branch(.if, at: token.position))]
        }
        if token.kind == .keyword(.with), kind == .with {
            _ = next()
            return [.branch(try branch(.with, at: token.position))]
        }
        let (nodes, terminator) = try itemList()
        guard terminator == .end else { throw error("expected end; found \(terminator.text)") }
        return nodes
    }

    private mutating func templateCall() throws(TemplateError) -> GoNode {
        let position = peekNonSpace().position
        let name = try templateName(context: "template clause")
        guard nextNonSpace().kind != .rightDelimiter else { return .template(name: name, nil, position: position) }
        backUp()
        let pipeline = try pipeline(context: "template clause", closing: .rightDelimiter)
        return .template(name: name, pipeline, position: position)
    }

    private mutating func templateName(context: String) throws(TemplateError) -> String {
        try unquoted(expect(.string, .rawString, context: context))
    }

    private mutating func block() throws(TemplateError) -> GoNode {
        let position = peekNonSpace().position
        let name = try templateName(context: "block clause")
        let pipeline = try pipeline(context: "block clause", closing: .rightDelimiter)
        try define(name, context: "block clause")
        return .template(name: name, pipeline, position: position)
    }

    /// Reads a definition if one comes next.
    private mutating func parseDefinition() throws(TemplateError) -> Bool {
        guard peek().kind == .leftDelimiter else { return false }
        let first = peek(1)
        guard first.kind == .keyword(.define) || (first.kind == .space && peek(2).kind == .keyword(.define)) else {
            return false
        }
        _ = next()
        _ = nextNonSpace()
        let name = try templateName(context: "define clause")
        _ = try expect(.rightDelimiter, context: "define clause")
        try define(name, context: "define clause")
        return true
    }

    /// Reads the body of a template, which sees none of the variables around it.
    private mutating func define(_ name: String, context: String) throws(TemplateError) {
        let (body, terminator) = try nested { parser throws(TemplateError) in
            let outer = (parser.variables, parser.rangeDepth)
            (parser.variables, parser.rangeDepth) = (["$"], 0)
            defer { (parser.variables, parser.rangeDepth) = outer }
            return try parser.itemList()
        }
        guard terminator == .end else { throw error("unexpected \(terminator.text) in \(context)") }
        if let earlier = definitions[name], !Self.isEmpty(earlier) {
            guard Self.isEmpty(body) else {
                throw error("template: multiple definition of template \(GoQuoting.quote(name))")
            }
            return
        }
        definitions[name] = body
    }

    /// Only an empty definition may stand beside another.
    private static func isEmpty(_ nodes: [GoNode]) -> Bool {
        nodes.allSatisfy { node in
            guard case .text(let text) = node else { return false }
            return text.utf8.allSatisfy(\.isGoSpace)
        }
    }
}

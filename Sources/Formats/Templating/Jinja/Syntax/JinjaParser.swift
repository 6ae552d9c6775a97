/// Turns tokens into statements. This file walks the tokens; statements and expressions have theirs.
struct JinjaParser {
    /// Statements and expressions may nest this deep.
    static let maximumDepth = 120

    private let tokens: [JinjaToken]
    private var next = 0
    private var depth = 0
    /// The tags that end the bodies being parsed, outermost first.
    var openTags: [(tag: String, ends: [String])] = []
    var loopDepth = 0
    /// Names the macros being parsed use beside their parameters, outermost first.
    var macroExtras: [JinjaMacro.Extras] = []
    /// Complaints about unknown filters and tests. Where a condition may skip them they are dropped, and raised only
    /// when they are reached.
    var unknownNames: [TemplateError] = []

    static func parse(_ template: String) throws(TemplateError) -> [JinjaStatement] {
        var parser = JinjaParser(tokens: try JinjaLexer.tokens(of: template))
        let statements = try parser.parseBody(until: [])
        if let unknown = parser.unknownNames.first { throw unknown }
        return statements
    }

    private init(tokens: [JinjaToken]) {
        self.tokens = tokens
    }

    // MARK: Tokens

    var current: JinjaToken.Kind { tokens[next].kind }
    var position: JinjaPosition { tokens[next].position }

    var following: JinjaToken.Kind {
        tokens[min(next + 1, tokens.count - 1)].kind
    }

    mutating func advance() {
        next = min(next + 1, tokens.count - 1)
    }

    mutating func take(_ symbol: JinjaToken.Symbol) -> Bool {
        guard current == .symbol(symbol) else { return false }
        advance()
        return true
    }

    mutating func take(keyword: String) -> Bool {
        guard current == .name(keyword) else { return false }
        advance()
        return true
    }

    mutating func expect(_ kind: JinjaToken.Kind) throws(TemplateError) {
        guard current == kind else {
            if current == .end { throw error("unexpected end of template, expected '\(kind)'.") }
            throw error("expected token '\(kind)', got '\(current)'")
        }
        advance()
    }

    mutating func expect(_ symbol: JinjaToken.Symbol) throws(TemplateError) {
        try expect(.symbol(symbol))
    }

    mutating func expectName() throws(TemplateError) -> String {
        guard case .name(let name) = current else { throw error("expected token 'name', got '\(current)'") }
        advance()
        return name
    }

    // MARK: Errors and depth

    func error(_ message: String) -> TemplateError {
        error(message, at: position)
    }

    func error(_ message: String, at position: JinjaPosition) -> TemplateError {
        TemplateError(.syntax, message, line: position.line, column: position.column)
    }

    mutating func enter() throws(TemplateError) {
        depth += 1
        guard depth <= Self.maximumDepth else {
            throw TemplateError(
                .limit, "nested more than \(Self.maximumDepth) levels deep", line: position.line,
                column: position.column)
        }
    }

    mutating func leave() {
        depth -= 1
    }
}

/// Reads grammars as llama.cpp writes them down (GBNF).
struct GBNFParser {
    private let source: [Unicode.Scalar]
    private var position = 0
    private let limits: ConstraintLimits
    private var grammar = Grammar()
    private var rules: [String: Grammar.Rule] = [:]

    static func parse(_ source: String, limits: ConstraintLimits) throws(ConstraintError) -> Grammar {
        guard source.utf8.count <= limits.sourceBytes else {
            throw .tooLarge(.sourceBytes, limit: limits.sourceBytes)
        }
        var parser = GBNFParser(source: Array(source.unicodeScalars), limits: limits)
        try parser.parseRules()
        guard let root = parser.rules["root"] else { throw .undefinedRule("root") }
        parser.grammar.root = .rule(root)
        return parser.grammar
    }

    private init(source: [Unicode.Scalar], limits: ConstraintLimits) {
        self.source = source
        self.limits = limits
    }

    // MARK: Rules

    private mutating func parseRules() throws(ConstraintError) {
        skipSpace(acrossLines: true)
        while current != nil {
            let rule = rule(try parseName("a rule's name"))
            skipSpace()
            guard skip("::=") else { throw failure("expected '::=' after the name of the rule") }
            skipSpace(acrossLines: true)
            grammar.define(rule, as: try parseChoice(nesting: 0))
            guard current == nil || current == "\n" || current == "\r" else {
                throw failure("expected the end of the line, found '\(found)'")
            }
            skipSpace(acrossLines: true)
        }
    }

    private mutating func rule(_ name: String) -> Grammar.Rule {
        if let rule = rules[name] { return rule }
        let rule = grammar.declareRule(name)
        rules[name] = rule
        return rule
    }

    private mutating func parseName(_ what: String) throws(ConstraintError) -> String {
        var name = ""
        while let scalar = current, Self.isPartOfName(scalar) {
            name.unicodeScalars.append(scalar)
            position += 1
        }
        guard !name.isEmpty else { throw failure("expected \(what), found '\(found)'") }
        return name
    }

    private static func isPartOfName(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "-", "_": true
        default: false
        }
    }

    // MARK: Expressions

    private mutating func parseChoice(nesting: Int) throws(ConstraintError) -> Grammar.Expression {
        guard nesting <= limits.nesting else { throw .tooLarge(.nesting, limit: limits.nesting) }
        var choices = [try parseSequence(nesting: nesting)]
        while skip("|") {
            skipSpace(acrossLines: true)
            choices.append(try parseSequence(nesting: nesting))
        }
        return choices.count == 1 ? choices[0] : .choice(choices)
    }

    private mutating func parseSequence(nesting: Int) throws(ConstraintError) -> Grammar.Expression {
        var parts: [Grammar.Expression] = []
        // A part may be repeated again and again: that nests, too.
        var repeated = 0
        while let scalar = current {
            switch scalar {
            case "\"": parts.append(.regular(.literal(try parseLiteral())))
            case "[": parts.append(.regular(.scalars(try parseSet())))
            case ".":
                position += 1
                parts.append(.regular(.scalars(.all)))
            case "(":
                position += 1
                skipSpace(acrossLines: true)
                parts.append(try parseChoice(nesting: nesting + 1))
                guard skip(")") else { throw failure("expected ')', found '\(found)'") }
            case "*", "+", "?", "{":
                guard let last = parts.popLast() else { throw failure("'\(scalar)' has nothing before it to repeat") }
                repeated += 1
                guard nesting + repeated <= limits.nesting else { throw .tooLarge(.nesting, limit: limits.nesting) }
                parts.append(try parseRepetition(of: last))
                skipSpace(acrossLines: nesting > 0)
                continue
            case _ where Self.isPartOfName(scalar): parts.append(.rule(rule(try parseName("a rule's name"))))
            default: return parts.count == 1 ? parts[0] : .sequence(parts)
            }
            repeated = 0
            skipSpace(acrossLines: nesting > 0)
        }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func parseRepetition(
        of part: Grammar.Expression
    ) throws(ConstraintError) -> Grammar.Expression {
        if skip("*") { return .repetition(part, atLeast: 0, atMost: nil) }
        if skip("+") { return .repetition(part, atLeast: 1, atMost: nil) }
        if skip("?") { return .repetition(part, atLeast: 0, atMost: 1) }
        position += 1
        skipSpace()
        let atLeast = try parseCount()
        skipSpace()
        var atMost: Int? = atLeast
        if skip(",") {
            skipSpace()
            atMost = current == "}" ? nil : try parseCount()
            skipSpace()
        }
        guard skip("}") else { throw failure("expected '}', found '\(found)'") }
        if let atMost, atMost < atLeast { throw failure("a repetition's highest count is below its lowest") }
        return .repetition(part, atLeast: atLeast, atMost: atMost)
    }

    private mutating func parseCount() throws(ConstraintError) -> Int {
        guard let first = current, let digit = Self.value(ofDigit: first), digit < 10 else {
            throw failure("expected a count, found '\(found)'")
        }
        var count = 0
        while let scalar = current, let digit = Self.value(ofDigit: scalar), digit < 10 {
            count = 10 * count + Int(digit)
            guard count <= limits.repetitions else { throw .tooLarge(.repetitions, limit: limits.repetitions) }
            position += 1
        }
        return count
    }

    // MARK: Characters

    private mutating func parseLiteral() throws(ConstraintError) -> [UInt8] {
        let start = position
        position += 1
        var text: [UInt8] = []
        while let scalar = current, scalar != "\"" {
            let value = try parseCharacter()
            guard let scalar = Unicode.Scalar(value) else {
                throw failure("U+\(String(value, radix: 16, uppercase: true)) is no character")
            }
            text += Array(String(scalar).utf8)
        }
        guard skip("\"") else { throw failure("the literal has no end", at: start) }
        return text
    }

    private mutating func parseSet() throws(ConstraintError) -> ScalarSet {
        let start = position
        position += 1
        let isNegated = skip("^")
        var ranges: [ClosedRange<UInt32>] = []
        while let scalar = current, scalar != "]" {
            let first = try parseCharacter()
            var last = first
            if current == "-", position + 1 < source.count, source[position + 1] != "]" {
                position += 1
                last = try parseCharacter()
            }
            guard first <= last else { throw failure("a range of characters ends before it begins") }
            ranges.append(first...last)
        }
        guard skip("]") else { throw failure("the set of characters has no end", at: start) }
        let set = ScalarSet(ranges)
        return isNegated ? set.complement : set
    }

    private mutating func parseCharacter() throws(ConstraintError) -> UInt32 {
        guard let scalar = current else { throw failure("expected a character, found the end") }
        position += 1
        guard scalar == "\\" else { return scalar.value }
        guard let escaped = current else { throw failure("expected a character after '\\', found the end") }
        position += 1
        switch escaped {
        case "n": return 0x0A
        case "r": return 0x0D
        case "t": return 0x09
        case "\\", "\"", "[", "]": return escaped.value
        case "x": return try parseHexadecimal(2)
        case "u": return try parseHexadecimal(4)
        case "U": return try parseHexadecimal(8)
        default: throw failure("unknown escape '\\\(escaped)'", at: position - 2)
        }
    }

    private mutating func parseHexadecimal(_ digits: Int) throws(ConstraintError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let scalar = current, let digit = Self.value(ofDigit: scalar) else {
                throw failure("expected \(digits) hexadecimal digits")
            }
            value = value << 4 | digit
            position += 1
        }
        return value
    }

    private static func value(ofDigit scalar: Unicode.Scalar) -> UInt32? {
        switch scalar {
        case "0"..."9": scalar.value - 0x30
        case "a"..."f": scalar.value - 0x61 + 10
        case "A"..."F": scalar.value - 0x41 + 10
        default: nil
        }
    }

    // MARK: Source

    private var current: Unicode.Scalar? { position < source.count ? source[position] : nil }

    private var found: String {
        switch current {
        case nil: "the end"
        case "\n", "\r": "the end of the line"
        case let scalar?: String(scalar)
        }
    }

    private mutating func skip(_ text: String) -> Bool {
        guard source[position...].starts(with: text.unicodeScalars) else { return false }
        position += text.unicodeScalars.count
        return true
    }

    /// Skips blanks and comments.
    private mutating func skipSpace(acrossLines: Bool = false) {
        while let scalar = current {
            switch scalar {
            case " ", "\t": position += 1
            case "\n" where acrossLines, "\r" where acrossLines: position += 1
            case "#": while let scalar = current, scalar != "\n", scalar != "\r" { position += 1 }
            default: return
            }
        }
    }

    private func failure(_ problem: String, at place: Int? = nil) -> ConstraintError {
        let before = source[..<min(place ?? position, source.count)]
        let lines = before.split(separator: "\n", omittingEmptySubsequences: false)
        return .syntax(problem, line: max(lines.count, 1), column: (lines.last?.count ?? 0) + 1)
    }
}

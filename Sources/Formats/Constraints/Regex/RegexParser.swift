/// Reads the regular expressions of ECMA-262, as far as they describe regular languages.
struct RegexParser {
    private static let nesting = 64
    private static let longest = 1 << 16

    let scalars: [Unicode.Scalar]
    let limits: ConstraintLimits
    var position = 0
    private var depth = 0

    static func parse(_ pattern: String, limits: ConstraintLimits) throws(RegexError) -> RegexNode {
        guard pattern.utf8.count <= longest else { throw .tooLarge("bytes", limit: longest) }
        var parser = RegexParser(scalars: Array(pattern.unicodeScalars), limits: limits)
        let node = try parser.parseChoice()
        // Only a parenthesis stops a choice before the end.
        guard parser.peek == nil else { throw .syntax("unmatched )", offset: parser.position) }
        return node
    }

    var peek: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == scalar else { return false }
        position += 1
        return true
    }

    mutating func take(text: String) -> Bool {
        let wanted = text.unicodeScalars
        guard scalars[position...].starts(with: wanted) else { return false }
        position += wanted.count
        return true
    }

    // MARK: Structure

    private mutating func parseChoice() throws(RegexError) -> RegexNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.nesting else { throw .tooLarge("levels of groups", limit: Self.nesting) }
        var choices = [try parseSequence()]
        while take("|") { choices.append(try parseSequence()) }
        return choices.count == 1 ? choices[0] : .choice(choices)
    }

    private mutating func parseSequence() throws(RegexError) -> RegexNode {
        var parts: [RegexNode] = []
        while let next = peek, next != "|", next != ")" {
            let offset = position
            let atom = try parseAtom()
            parts.append(try parseQuantifier(of: atom, at: offset))
        }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func parseAtom() throws(RegexError) -> RegexNode {
        let offset = position
        let scalar = scalars[position]
        position += 1
        switch scalar {
        case "^": return .start
        case "$": return .end
        case ".": return .scalars(RegexClasses.anyButLineEnds)
        case "(": return try parseGroup(at: offset)
        case "[": return .scalars(try parseClass(at: offset))
        case "\\": return .scalars(try parseEscape(at: offset))
        case "*", "+", "?": throw .syntax("nothing to repeat", offset: offset)
        default: return .scalars(ScalarSet([scalar.value...scalar.value]))
        }
    }

    private mutating func parseGroup(at offset: Int) throws(RegexError) -> RegexNode {
        var lookahead: Bool?
        if take(text: "?=") {
            lookahead = false
        } else if take(text: "?!") {
            lookahead = true
        } else if take(text: "?<=") || take(text: "?<!") {
            throw .unsupported("a look-behind", offset: offset)
        } else if take(text: "?P<") || take(text: "?<") {
            while let next = peek, next != ">" {
                guard next == "_" || next.properties.isAlphabetic || next.properties.numericType != nil else {
                    throw .syntax("invalid group name", offset: position)
                }
                position += 1
            }
            guard take(">") else { throw .syntax("unterminated group name", offset: offset) }
        } else if peek == "?", !take(text: "?:") {
            throw .unsupported("a group that begins with (?", offset: offset)
        }
        let node = try parseChoice()
        guard take(")") else { throw .syntax("unterminated group", offset: offset) }
        return lookahead.map { .lookahead(node, isNegative: $0, offset: offset) } ?? node
    }

    // MARK: Quantifiers

    private mutating func parseQuantifier(of atom: RegexNode, at offset: Int) throws(RegexError) -> RegexNode {
        let start = position
        guard let (atLeast, atMost) = try parseCounts() else { return atom }
        switch atom {
        case .start, .end, .lookahead: throw .unsupported("a repeated assertion", offset: start)
        default: break
        }
        // A lazy quantifier finds the same texts.
        _ = take("?")
        switch peek {
        case "*", "+", "?": throw .syntax("multiple repeat", offset: position)
        case "{" where try isCounts(): throw .syntax("multiple repeat", offset: position)
        default: return .repetition(atom, atLeast: atLeast, atMost: atMost, offset: offset)
        }
    }

    private func isCounts() throws(RegexError) -> Bool {
        var copy = self
        return try copy.parseCounts() != nil
    }

    private mutating func parseCounts() throws(RegexError) -> (Int, Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        let start = position
        guard take("{") else { return nil }
        if peek == "," {
            // A text to ECMA-262, a quantifier to Python.
            throw .unsupported("a quantifier without its least count", offset: start)
        }
        guard let atLeast = try parseCount() else {
            // It stands for itself, and is read as an atom.
            position = start
            return nil
        }
        var atMost: Int? = atLeast
        if take(",") { atMost = try parseCount() }
        guard take("}") else {
            // It stands for itself, and is read as an atom.
            position = start
            return nil
        }
        if let atMost, atMost < atLeast { throw .syntax("counts out of order", offset: start) }
        return (atLeast, atMost)
    }

    private mutating func parseCount() throws(RegexError) -> Int? {
        var count: Int?
        while let digit = peek, ("0"..."9").contains(digit) {
            count = min((count ?? 0) * 10 + Int(digit.value - 0x30), limits.repetitions + 1)
            position += 1
        }
        if let count, count > limits.repetitions { throw .tooLarge("repetitions", limit: limits.repetitions) }
        return count
    }
}

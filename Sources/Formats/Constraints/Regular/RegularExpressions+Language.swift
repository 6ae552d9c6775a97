extension RegularExpressions {
    /// The expression for a language as it is written down.
    ///
    /// - Parameter parts: how many parts the source has had so far.
    mutating func expression(
        for language: RegularLanguage, nesting: Int = 0, parts: inout Int
    ) throws(ConstraintError) -> ID {
        guard nesting <= limits.nesting else { throw .tooLarge(.nesting, limit: limits.nesting) }
        try count(1, in: &parts)
        switch language {
        case .nothing: return .nothing
        case .bytes(let set): return try bytes(set)
        case .literal(let text):
            try count(text.count, in: &parts)
            return try literal(text)
        case .scalars(let set):
            try count(set.ranges.count, in: &parts)
            return try scalars(set)
        case .sequence(let members):
            var result = ID.empty
            for member in members.reversed() {
                result = try sequence(expression(for: member, nesting: nesting + 1, parts: &parts), result)
            }
            return result
        case .choice(let members): return try choice(of: members, nesting: nesting, parts: &parts)
        case .repetition(let part, let atLeast, let atMost):
            guard atLeast >= 0, max(atLeast, atMost ?? 0) <= limits.repetitions else {
                throw .tooLarge(.repetitions, limit: limits.repetitions)
            }
            return try repetition(
                expression(for: part, nesting: nesting + 1, parts: &parts), atLeast: Int32(atLeast),
                atMost: atMost.map { Int32(max($0, -1)) } ?? Self.unlimited)
        case .intersection(let members):
            var results: [ID] = []
            for member in members {
                results.append(try expression(for: member, nesting: nesting + 1, parts: &parts))
            }
            return try intersection(results)
        case .complement(let part):
            return try complement(expression(for: part, nesting: nesting + 1, parts: &parts))
        case .multiples(let divisor):
            guard let divisor = Int32(exactly: divisor), divisor > 0, Int(divisor) <= limits.exploredStates else {
                throw .tooLarge(.exploredStates, limit: limits.exploredStates)
            }
            return try multiples(of: divisor, remainder: 0)
        }
    }

    private func count(_ more: Int, in parts: inout Int) throws(ConstraintError) {
        parts += more
        guard parts <= limits.expressions else { throw .tooLarge(.expressions, limit: limits.expressions) }
    }

    private mutating func literal(_ text: [UInt8]) throws(ConstraintError) -> ID {
        var result = ID.empty
        for byte in text.reversed() { result = try sequence(bytes(ByteSet(byte...byte)), result) }
        return result
    }

    private mutating func choice(
        of members: [RegularLanguage], nesting: Int, parts: inout Int
    ) throws(ConstraintError) -> ID {
        var literals: [[UInt8]] = []
        var results: [ID] = []
        for member in members {
            if case .literal(let text) = member {
                try count(text.count + 1, in: &parts)
                literals.append(text)
            } else {
                results.append(try expression(for: member, nesting: nesting + 1, parts: &parts))
            }
        }
        if !literals.isEmpty { results.append(try choice(ofLiterals: literals)) }
        return try choice(results)
    }

    /// Common beginnings and ends of the literals are shared, so that a derivative does not look at each of them.
    private mutating func choice(ofLiterals literals: [[UInt8]]) throws(ConstraintError) -> ID {
        /// A beginning that literals share: the literals that go on with a byte, and what follows it.
        struct Level {
            var isEnd = false
            var byte: UInt8 = 0
            var branches: [ID: ByteSet] = [:]
        }
        var levels = [Level()]
        func close(_ level: Level, _ expressions: inout RegularExpressions) throws(ConstraintError) -> ID {
            var choices: [ID] = level.isEnd ? [.empty] : []
            for (rest, set) in level.branches.sorted(by: { $0.key < $1.key }) {
                choices.append(try expressions.sequence(expressions.bytes(set), rest))
            }
            return try expressions.choice(choices)
        }
        func close(to depth: Int, _ expressions: inout RegularExpressions) throws(ConstraintError) {
            while levels.count > depth + 1 {
                let rest = try close(levels.removeLast(), &expressions)
                levels[levels.count - 1].branches[rest, default: ByteSet()].insert(levels[levels.count - 1].byte)
            }
        }
        var previous: [UInt8] = []
        for literal in literals.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            let shared = zip(previous, literal).prefix { $0 == $1 }.count
            try close(to: shared, &self)
            for byte in literal[shared...] {
                levels[levels.count - 1].byte = byte
                levels.append(Level())
            }
            levels[levels.count - 1].isEnd = true
            previous = literal
        }
        try close(to: 0, &self)
        return try close(levels[0], &self)
    }
}

import JSON

extension RegexParser {
    // MARK: Classes

    /// What follows an opening bracket.
    mutating func parseClass(at offset: Int) throws(RegexError) -> ScalarSet {
        let isNegated = take("^")
        // An empty class to ECMA-262, a bracket in a class to Python.
        guard peek != "]" else { throw .unsupported("a class that begins with ]", offset: offset) }
        var ranges: [ClosedRange<UInt32>] = []
        while !take("]") {
            guard peek != nil else { throw .syntax("unterminated class", offset: offset) }
            let start = position
            let first = try parseMember(isNegated: isNegated)
            guard peek == "-", position + 1 < scalars.count, scalars[position + 1] != "]" else {
                ranges += first.ranges
                continue
            }
            position += 1
            let last = try parseMember(isNegated: isNegated)
            guard let low = first.single, let high = last.single else {
                throw .unsupported("a range to or from a class", offset: start)
            }
            guard low <= high else { throw .syntax("range out of order", offset: start) }
            ranges.append(low...high)
        }
        let set = ScalarSet(ranges)
        return isNegated ? set.complement : set
    }

    private mutating func parseMember(isNegated: Bool) throws(RegexError) -> ScalarSet {
        let offset = position
        guard let scalar = peek else { throw .syntax("unterminated class", offset: offset) }
        position += 1
        guard scalar == "\\" else { return ScalarSet([scalar.value...scalar.value]) }
        if take("b") { return ScalarSet([8...8]) }
        return try parseEscape(at: offset, isNegated: isNegated)
    }

    // MARK: Escapes

    /// What follows a backslash.
    ///
    /// - Parameter isNegated: it stands in a negated class: what may be a member has to be one.
    mutating func parseEscape(at offset: Int, isNegated: Bool = false) throws(RegexError) -> ScalarSet {
        guard let scalar = peek else { throw .syntax("a backslash without a character", offset: offset) }
        position += 1
        switch scalar {
        case "d": return shorthand(RegexClasses.digits, isNegated)
        case "D": return opposite(RegexClasses.digits, isNegated)
        case "w": return shorthand(RegexClasses.words, isNegated)
        case "W": return opposite(RegexClasses.words, isNegated)
        case "s": return shorthand(RegexClasses.blanks, isNegated)
        case "S": return opposite(RegexClasses.blanks, isNegated)
        case "t": return ScalarSet([0x09...0x09])
        case "n": return ScalarSet([0x0A...0x0A])
        case "v": return ScalarSet([0x0B...0x0B])
        case "f": return ScalarSet([0x0C...0x0C])
        case "r": return ScalarSet([0x0D...0x0D])
        case "x": return try parseHexadecimal(digits: 2, at: offset)
        case "u": return try parseUnicodeEscape(at: offset)
        case "c": return try parseControl(at: offset)
        case "p", "P": return try parseProperty(isNegated: scalar == "P", at: offset)
        case "0":
            if let next = peek, ("0"..."9").contains(next) {
                throw .unsupported("an octal escape", offset: offset)
            }
            return ScalarSet([0...0])
        case "1"..."9": throw .unsupported("a back reference", offset: offset)
        case "k": throw .unsupported("a back reference", offset: offset)
        case "b", "B": throw .unsupported("\\\(scalar)", offset: offset)
        case "a"..."z", "A"..."Z": throw .unsupported("the escape \\\(scalar)", offset: offset)
        default: return ScalarSet([scalar.value...scalar.value])
        }
    }

    private func shorthand(_ set: RegexClasses.Shorthand, _ isNegated: Bool) -> ScalarSet {
        isNegated ? set.others.complement : set.members
    }

    private func opposite(_ set: RegexClasses.Shorthand, _ isNegated: Bool) -> ScalarSet {
        isNegated ? set.members.complement : set.others
    }

    private mutating func parseHexadecimal(digits: Int, at offset: Int) throws(RegexError) -> ScalarSet {
        let value = try hexadecimal(digits: digits, at: offset)
        return ScalarSet([value...value])
    }

    private mutating func hexadecimal(digits: Int, at offset: Int) throws(RegexError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let digit = takeHexadecimalDigit() else { throw .syntax("incomplete escape", offset: offset) }
            value = value << 4 | digit
        }
        return value
    }

    private mutating func takeHexadecimalDigit() -> UInt32? {
        guard let scalar = peek, scalar.isASCII, let digit = Character(scalar).hexDigitValue else { return nil }
        position += 1
        return UInt32(digit)
    }

    private mutating func parseUnicodeEscape(at offset: Int) throws(RegexError) -> ScalarSet {
        if take("{") {
            var value: UInt32 = 0
            var count = 0
            while let digit = takeHexadecimalDigit() {
                value = min(value << 4 | digit, 0x110000)
                count += 1
            }
            guard take("}"), count > 0, let scalar = Unicode.Scalar(value) else {
                throw .syntax("invalid escape", offset: offset)
            }
            return ScalarSet([scalar.value...scalar.value])
        }
        var value = try hexadecimal(digits: 4, at: offset)
        if (0xD800...0xDBFF).contains(value), take(text: "\\u") {
            let low = try hexadecimal(digits: 4, at: offset)
            guard (0xDC00...0xDFFF).contains(low) else { throw .syntax("half of a surrogate pair", offset: offset) }
            value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
        }
        guard Unicode.Scalar(value) != nil else { throw .syntax("half of a surrogate pair", offset: offset) }
        return ScalarSet([value...value])
    }

    private mutating func parseControl(at offset: Int) throws(RegexError) -> ScalarSet {
        guard let letter = peek, ("a"..."z").contains(letter) || ("A"..."Z").contains(letter) else {
            throw .syntax("incomplete escape", offset: offset)
        }
        position += 1
        return ScalarSet([(letter.value & 0x1F)...(letter.value & 0x1F)])
    }

    private mutating func parseProperty(isNegated: Bool, at offset: Int) throws(RegexError) -> ScalarSet {
        guard take("{") else { throw .syntax("incomplete escape", offset: offset) }
        var name = ""
        while let next = peek, next != "}" {
            name.unicodeScalars.append(next)
            position += 1
        }
        guard take("}") else { throw .syntax("incomplete escape", offset: offset) }
        for prefix in ["General_Category=", "gc="] where name.hasPrefix(prefix) { name.removeFirst(prefix.count) }
        guard name.utf8.count <= 2, let set = GeneralCategories.set(named: name) else {
            throw .unsupported("the property \(name.excerpt(40))", offset: offset)
        }
        return isNegated ? set.complement : set
    }
}

extension ScalarSet {
    /// Its only member.
    fileprivate var single: UInt32? {
        guard ranges.count == 1, ranges[0].count == 1 else { return nil }
        return ranges[0].lowerBound
    }
}

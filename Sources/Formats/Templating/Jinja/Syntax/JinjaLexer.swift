/// Cuts a template into tokens, with `trim_blocks` and `lstrip_blocks` on as chat templates expect.
struct JinjaLexer {
    private enum Tag { case variable, block, comment }

    let source: [Unicode.Scalar]
    var index = 0
    var tokens: [JinjaToken] = []
    /// Offsets of the first scalar of each line, for positions.
    private let lineStarts: [Int]

    static func tokens(of template: String) throws(TemplateError) -> [JinjaToken] {
        var lexer = JinjaLexer(template)
        try lexer.scanTemplate()
        lexer.append(.end, at: lexer.index)
        return lexer.tokens
    }

    /// Line ends become `\n`; one at the very end is dropped.
    private init(_ template: String) {
        var source: [Unicode.Scalar] = []
        source.reserveCapacity(template.utf8.count)
        var starts = [0]
        var previous: Unicode.Scalar?
        for scalar in template.unicodeScalars {
            defer { previous = scalar }
            if scalar == "\n", previous == "\r" { continue }
            source.append(scalar == "\r" ? "\n" : scalar)
            if source.last == "\n" { starts.append(source.count) }
        }
        if source.last == "\n" { source.removeLast() }
        self.source = source
        lineStarts = starts
    }

    // MARK: Template text

    private mutating func scanTemplate() throws(TemplateError) {
        while index < source.count {
            let textStart = index
            guard let (tag, tagStart) = nextTag() else {
                appendData(textStart..<source.count)
                index = source.count
                return
            }
            index = tagStart + 2
            let sign = takeSign()
            appendData(strip(textStart..<tagStart, before: tag, sign: sign))
            if tag == .block, let bodyStart = rawBodyStart() {
                index = bodyStart
                try scanRaw(from: tagStart)
                continue
            }
            switch tag {
            case .comment: try skipComment(from: tagStart)
            case .variable: try scanTag(.variableBegin, from: tagStart)
            case .block: try scanTag(.blockBegin, from: tagStart)
            }
        }
    }

    private func nextTag() -> (Tag, Int)? {
        var start = index
        while start + 1 < source.count {
            if source[start] == "{" {
                switch source[start + 1] {
                case "{": return (.variable, start)
                case "%": return (.block, start)
                case "#": return (.comment, start)
                default: break
                }
            }
            start += 1
        }
        return nil
    }

    private mutating func takeSign() -> Unicode.Scalar? {
        guard index < source.count, source[index] == "-" || source[index] == "+" else { return nil }
        defer { index += 1 }
        return source[index]
    }

    /// What is left of the text before a tag: `-` takes all white space, a block tag alone on its line its indentation.
    private func strip(_ text: Range<Int>, before tag: Tag, sign: Unicode.Scalar?) -> Range<Int> {
        var end = text.upperBound
        switch sign {
        case "-":
            while end > text.lowerBound, source[end - 1].isPythonSpace { end -= 1 }
            return text.lowerBound..<end
        case nil where tag != .variable:
            while end > text.lowerBound, source[end - 1] != "\n", source[end - 1].isPythonSpace { end -= 1 }
            let startsLine = end > 0 ? source[end - 1] == "\n" : true
            return startsLine ? text.lowerBound..<end : text
        default:
            return text
        }
    }

    private mutating func appendData(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        append(.data(text(range)), at: range.lowerBound)
    }

    // MARK: Ends of tags

    /// Moves past the end of a block or comment: `-` takes the white space after it, else one line end goes with it.
    private mutating func finishTag(signed sign: Unicode.Scalar?) {
        index += 2
        if sign == "-" {
            skipSpace()
        } else if sign == nil, index < source.count, source[index] == "\n" {
            index += 1
        }
    }

    private mutating func skipComment(from start: Int) throws(TemplateError) {
        let bodyStart = index
        while index + 1 < source.count {
            if source[index] == "#", source[index + 1] == "}" {
                let sign = index > bodyStart ? source[index - 1] : nil
                finishTag(signed: sign == "-" || sign == "+" ? sign : nil)
                return
            }
            index += 1
        }
        throw error("Missing end of comment tag", at: start)
    }

    /// Where the body of `{% raw %}` begins, if that is the tag whose opening was just passed.
    private func rawBodyStart() -> Int? {
        guard var end = word("raw", from: index) else { return nil }
        let isTrimmed = end < source.count && source[end] == "-"
        if isTrimmed { end += 1 }
        guard matches("%}", at: end) else { return nil }
        end += 2
        while isTrimmed, end < source.count, source[end].isPythonSpace { end += 1 }
        return end
    }

    private mutating func scanRaw(from start: Int) throws(TemplateError) {
        let bodyStart = index
        while index + 1 < source.count {
            guard matches("{%", at: index) else {
                index += 1
                continue
            }
            let tagStart = index
            index += 2
            let sign = takeSign()
            if let end = word("endraw", from: index) {
                let endSign = end < source.count && (source[end] == "-" || source[end] == "+") ? source[end] : nil
                let closing = endSign == nil ? end : end + 1
                if matches("%}", at: closing) {
                    appendData(strip(bodyStart..<tagStart, before: .block, sign: sign))
                    index = closing
                    finishTag(signed: endSign)
                    return
                }
            }
            index = tagStart + 1
        }
        throw error("Missing end of raw directive", at: start)
    }

    /// The index after the word and the white space around it, or nil.
    private func word(_ word: String, from start: Int) -> Int? {
        var end = start
        while end < source.count, source[end].isPythonSpace { end += 1 }
        guard matches(word, at: end) else { return nil }
        end += word.unicodeScalars.count
        while end < source.count, source[end].isPythonSpace { end += 1 }
        return end
    }

    // MARK: Inside tags

    private mutating func scanTag(_ begin: JinjaToken.Kind, from start: Int) throws(TemplateError) {
        append(begin, at: start)
        let isVariable = begin == .variableBegin
        var openBrackets: [JinjaToken.Symbol] = []
        while index < source.count {
            guard tokens.count <= TemplateSource.maximumTokens else { throw TemplateSource.tooManyTokens }
            if openBrackets.isEmpty, finishTag(isVariable: isVariable) { return }
            if source[index].isPythonSpace {
                index += 1
            } else if !(try scanLiteral()) {
                try scanSymbol(&openBrackets)
            }
        }
    }

    /// Takes the end of the tag if it lies at the index.
    private mutating func finishTag(isVariable: Bool) -> Bool {
        let sign = source[index] == "-" || (source[index] == "+" && !isVariable) ? source[index] : nil
        guard matches(isVariable ? "}}" : "%}", at: sign == nil ? index : index + 1) else { return false }
        append(isVariable ? .variableEnd : .blockEnd, at: index)
        if sign != nil { index += 1 }
        if isVariable {
            index += 2
            if sign == "-" { skipSpace() }
        } else {
            finishTag(signed: sign)
        }
        return true
    }

    private mutating func scanSymbol(_ openBrackets: inout [JinjaToken.Symbol]) throws(TemplateError) {
        let start = index
        guard let symbol = symbol(length: 2) ?? symbol(length: 1) else {
            throw unexpected(at: index)
        }
        index += symbol.rawValue.unicodeScalars.count
        switch symbol {
        case .leftBrace: openBrackets.append(.rightBrace)
        case .leftParenthesis: openBrackets.append(.rightParenthesis)
        case .leftBracket: openBrackets.append(.rightBracket)
        case .rightBrace, .rightParenthesis, .rightBracket:
            guard let expected = openBrackets.popLast() else {
                throw error("unexpected '\(symbol.rawValue)'", at: start)
            }
            guard expected == symbol else {
                throw error("unexpected '\(symbol.rawValue)', expected '\(expected.rawValue)'", at: start)
            }
        default: break
        }
        append(.symbol(symbol), at: start)
    }

    private func symbol(length: Int) -> JinjaToken.Symbol? {
        guard index + length <= source.count else { return nil }
        return JinjaToken.Symbol(rawValue: text(index..<index + length))
    }

    // MARK: Scalars

    func text(_ range: Range<Int>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: source[range])
        return String(view)
    }

    func matches(_ word: String, at start: Int) -> Bool {
        var position = start
        for scalar in word.unicodeScalars {
            guard position < source.count, source[position] == scalar else { return false }
            position += 1
        }
        return true
    }

    private mutating func skipSpace() {
        while index < source.count, source[index].isPythonSpace { index += 1 }
    }

    mutating func append(_ kind: JinjaToken.Kind, at offset: Int) {
        tokens.append(JinjaToken(kind: kind, position: position(of: offset)))
    }

    func unexpected(at offset: Int) -> TemplateError {
        error("unexpected char \(JinjaValue.literal(String(source[offset])).represented) at \(offset)", at: offset)
    }

    func error(_ message: String, at offset: Int) -> TemplateError {
        let position = position(of: offset)
        return TemplateError(.syntax, message, line: position.line, column: position.column)
    }

    private func position(of offset: Int) -> JinjaPosition {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        return JinjaPosition(line: low + 1, column: offset - lineStarts[low] + 1)
    }
}

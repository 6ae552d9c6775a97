/// Python's operations on strings that give parts of them. Where they count, they count code points.
extension MarkedText {
    var codePointCount: Int { unicodeScalars.count }

    func prefix(codePoints count: Int) -> MarkedText {
        let scalars = unicodeScalars
        guard let end = scalars.index(scalars.startIndex, offsetBy: max(count, 0), limitedBy: scalars.endIndex) else {
            return self
        }
        return slice(scalars.startIndex..<end)
    }

    // MARK: Trimming

    struct Ends: OptionSet {
        let rawValue: Int
        static let leading = Ends(rawValue: 1)
        static let trailing = Ends(rawValue: 2)
    }

    /// Without the characters at its ends that are in `characters`, or white space where that is nil.
    func stripped(_ characters: String?, ends: Ends = [.leading, .trailing]) -> MarkedText {
        let set = characters.map { Set($0.unicodeScalars) }
        func isStripped(_ scalar: Unicode.Scalar) -> Bool {
            set?.contains(scalar) ?? scalar.isPythonSpace
        }
        var view = unicodeScalars[...]
        if ends.contains(.leading) { view = view.drop(while: isStripped) }
        if ends.contains(.trailing) {
            while let last = view.last, isStripped(last) { view.removeLast() }
        }
        return slice(view.startIndex..<view.endIndex)
    }

    // MARK: Splitting

    /// Pays for taking the text apart.
    private func charge(parts count: Int, _ renderer: JinjaRenderer) throws(TemplateError) {
        try renderer.charge(remaking: self)
        try renderer.charge(objects: count)
    }

    /// The words between runs of white space, at most `limit + 1` of them.
    func splitAtSpace(
        limit: Int?, fromEnd: Bool = false, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> [MarkedText] {
        try renderer.charge(steps: utf8.count / 8)
        var count = 0
        forEachWord(limit: limit, fromEnd: fromEnd) { _ in count += 1 }
        try charge(parts: count, renderer)
        var words: [MarkedText] = []
        words.reserveCapacity(count)
        forEachWord(limit: limit, fromEnd: fromEnd) { words.append(slice($0)) }
        return fromEnd ? words.reversed() : words
    }

    private func forEachWord(limit: Int?, fromEnd: Bool, _ body: (Range<String.Index>) -> Void) {
        var count = 0
        var rest = unicodeScalars[...]
        while true {
            let word: Range<String.Index>
            if fromEnd {
                while let last = rest.last, last.isPythonSpace { rest.removeLast() }
                guard !rest.isEmpty else { return }
                let start = rest.lastIndex(where: \.isPythonSpace).map(rest.index(after:)) ?? rest.startIndex
                word = (count == limit ? rest.drop(while: \.isPythonSpace).startIndex : start)..<rest.endIndex
                rest = rest[..<start]
            } else {
                rest = rest.drop(while: \.isPythonSpace)
                guard !rest.isEmpty else { return }
                let end = rest.firstIndex(where: \.isPythonSpace) ?? rest.endIndex
                word = rest.startIndex..<(count == limit ? rest.trimmedEnd : end)
                rest = rest[end...]
            }
            body(word)
            guard count != limit else { return }
            count += 1
        }
    }

    /// The parts between occurrences of the separator, which is not empty: at most `limit + 1` of them.
    func split(
        at separator: String, limit: Int?, fromEnd: Bool = false, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> [MarkedText] {
        let search = try renderer.search(for: separator, in: text)
        try charge(parts: search.count(in: text, limit: limit ?? .max) + 1, renderer)
        var text = text
        var offsets = text.withUTF8 { utf8 in
            guard fromEnd, let limit else { return search.offsets(in: utf8, limit: limit ?? .max) }
            return Self.lastOffsets(of: separator, in: utf8, limit: limit)
        }
        offsets.append(utf8.count)
        var start = 0
        return offsets.map { offset in
            defer { start = offset + separator.utf8.count }
            return slice(start..<offset)
        }
    }

    /// Offsets of the last `limit` occurrences, found from the end.
    private static func lastOffsets(
        of pattern: String, in utf8: UnsafeBufferPointer<UInt8>, limit: Int
    ) -> [Int] {
        let reversedText = Array(utf8.reversed())
        let search = SubstringSearch(reversing: pattern)
        let offsets = reversedText.withUnsafeBufferPointer { search.offsets(in: $0, limit: limit) }
        return offsets.reversed().map { utf8.count - $0 - pattern.utf8.count }
    }

    /// The lines, without their ends unless `keepsEnds`.
    func pythonLines(
        keepsEnds: Bool = false, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> [MarkedText] {
        try renderer.charge(steps: utf8.count / 8)
        var count = 0
        forEachLine { _, _ in count += 1 }
        try charge(parts: count, renderer)
        var lines: [MarkedText] = []
        lines.reserveCapacity(count)
        forEachLine { line, end in lines.append(slice(line.lowerBound..<(keepsEnds ? end : line.upperBound))) }
        return lines
    }

    /// Gives each line and the index behind its end.
    private func forEachLine(_ body: (Range<String.Index>, String.Index) -> Void) {
        let scalars = unicodeScalars
        var start = scalars.startIndex
        while start < scalars.endIndex {
            let end = scalars[start...].firstIndex(where: \.isPythonLineEnd) ?? scalars.endIndex
            var next = end
            if end < scalars.endIndex {
                next = scalars.index(after: end)
                if scalars[end] == "\r", next < scalars.endIndex, scalars[next] == "\n" {
                    next = scalars.index(after: next)
                }
            }
            body(start..<end, next)
            start = next
        }
    }

    // MARK: Replacing

    /// With up to `limit` occurrences replaced; all of them where that is negative.
    func replacing(
        _ old: String, with new: MarkedText, limit: Int, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> MarkedText {
        try renderer.charge(steps: utf8.count / 16)
        let search = try renderer.search(for: old, in: text)
        let scalarCount = old.isEmpty ? codePointCount + 1 : 0
        let most = limit < 0 ? Int.max : limit
        let count = old.isEmpty ? min(most, scalarCount) : search.count(in: text, limit: most)
        if count == 0 { return self }
        // Each occurrence may begin two stretches of marks.
        let marks = holdsContent || new.holdsContent ? 2 * MemoryLayout<Range<Int>>.stride : 0
        let (added, overflow) = count.multipliedReportingOverflow(by: new.byteCount + marks)
        try renderer.charge(bytes: overflow || added > .max - byteCount ? .max : byteCount + added)
        try renderer.charge(steps: count * 4)
        var result: MarkedText = ""
        var start = 0
        func replace(at offset: Int) {
            result.append(slice(start..<offset))
            result.append(new)
            start = offset + old.utf8.count
        }
        if old.isEmpty {
            var offset = 0
            replace(at: 0)
            for scalar in unicodeScalars.prefix(count - 1) {
                offset += UTF8.width(scalar)
                replace(at: offset)
            }
        } else {
            var text = text
            text.withUTF8 { search.forEachOffset(in: $0, limit: most, replace) }
        }
        result.append(slice(start..<utf8.count))
        return result
    }
}

extension Unicode.Scalar {
    fileprivate var isPythonLineEnd: Bool {
        switch value {
        case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }
}

extension Substring.UnicodeScalarView {
    /// The index behind the last scalar that is no white space.
    fileprivate var trimmedEnd: String.Index {
        lastIndex { !$0.isPythonSpace }.map(index(after:)) ?? startIndex
    }
}

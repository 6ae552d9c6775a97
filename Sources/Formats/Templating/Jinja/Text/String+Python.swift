/// Python's operations on strings. Where they count, they count code points.
extension String {
    init(scalars: some Sequence<Unicode.Scalar>) {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        self.init(view)
    }

    var codePointCount: Int { unicodeScalars.count }

    // MARK: Trimming

    struct Ends: OptionSet {
        let rawValue: Int
        static let leading = Ends(rawValue: 1)
        static let trailing = Ends(rawValue: 2)
    }

    /// Without the characters at its ends that are in `characters`, or white space where that is nil.
    func stripped(_ characters: String?, ends: Ends = [.leading, .trailing]) -> String {
        let set = characters.map { Set($0.unicodeScalars) }
        func isStripped(_ scalar: Unicode.Scalar) -> Bool {
            set?.contains(scalar) ?? scalar.isPythonSpace
        }
        var view = unicodeScalars[...]
        if ends.contains(.leading) { view = view.drop(while: isStripped) }
        if ends.contains(.trailing) {
            while let last = view.last, isStripped(last) { view.removeLast() }
        }
        return String(view)
    }

    // MARK: Splitting

    /// The words between runs of white space, at most `limit + 1` of them.
    func splitAtSpace(limit: Int?, fromEnd: Bool = false) -> [String] {
        let scalars = fromEnd ? Array(unicodeScalars.reversed()) : Array(unicodeScalars)
        var words: [[Unicode.Scalar]] = []
        var index = 0
        while index < scalars.count {
            if scalars[index].isPythonSpace {
                index += 1
            } else if let limit, words.count == limit {
                words.append(Array(scalars[index...].trimmingTrailingSpace()))
                break
            } else {
                let end = scalars[index...].firstIndex { $0.isPythonSpace } ?? scalars.count
                words.append(Array(scalars[index..<end]))
                index = end
            }
        }
        guard fromEnd else { return words.map { String(scalars: $0) } }
        return words.reversed().map { String(scalars: $0.reversed()) }
    }

    /// The parts between occurrences of the separator, which is not empty: at most `limit + 1` of them.
    func split(at separator: String, limit: Int?, fromEnd: Bool = false) -> [String] {
        var text = self
        return text.withUTF8 { utf8 in
            var offsets: [Int]
            if fromEnd, let limit {
                offsets = Self.lastOffsets(of: separator, in: utf8, limit: limit)
            } else {
                offsets = SubstringSearch(separator).offsets(in: utf8, limit: limit ?? .max)
            }
            offsets.append(utf8.count)
            var start = 0
            return offsets.map { offset in
                defer { start = offset + separator.utf8.count }
                return String(decoding: utf8[start..<offset], as: UTF8.self)
            }
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
    func pythonLines(keepsEnds: Bool = false) -> [String] {
        var lines: [String] = []
        var line = String.UnicodeScalarView()
        var hasContent = false
        var isAfterReturn = false
        func isLineEnd(_ scalar: Unicode.Scalar) -> Bool {
            switch scalar.value {
            case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: true
            default: false
            }
        }
        for scalar in unicodeScalars {
            if isAfterReturn {
                isAfterReturn = false
                if scalar == "\n" {
                    if keepsEnds { lines[lines.count - 1].unicodeScalars.append(scalar) }
                    continue
                }
            }
            guard isLineEnd(scalar) else {
                line.append(scalar)
                hasContent = true
                continue
            }
            if keepsEnds { line.append(scalar) }
            lines.append(String(line))
            line = String.UnicodeScalarView()
            hasContent = false
            isAfterReturn = scalar == "\r"
        }
        if hasContent { lines.append(String(line)) }
        return lines
    }

    // MARK: Replacing

    /// With up to `limit` occurrences replaced; all of them where that is negative.
    /// - Parameter charge: is asked for the bytes that the result takes, before it is made.
    func replacing(
        _ old: String, with new: String, limit: Int, charge: (Int) throws(TemplateError) -> Void
    ) throws(TemplateError) -> String {
        if old.isEmpty { return try interleaved(with: new, limit: limit, charge: charge) }
        var text = self
        let offsets = text.withUTF8 { SubstringSearch(old).offsets(in: $0, limit: limit < 0 ? .max : limit) }
        if offsets.isEmpty { return self }
        let (added, overflow) = offsets.count.multipliedReportingOverflow(by: new.utf8.count)
        try charge(overflow ? .max : utf8.count + added)
        let source = Array(utf8)
        let replacement = Array(new.utf8)
        var result: [UInt8] = []
        var start = 0
        for offset in offsets {
            result += source[start..<offset]
            result += replacement
            start = offset + old.utf8.count
        }
        result += source[start...]
        return String(decoding: result, as: UTF8.self)
    }

    /// With the text before each of the first code points: what replacing an empty string means.
    private func interleaved(
        with new: String, limit: Int, charge: (Int) throws(TemplateError) -> Void
    ) throws(TemplateError) -> String {
        let count = codePointCount + 1
        let insertions = limit < 0 ? count : min(limit, count)
        let (added, overflow) = insertions.multipliedReportingOverflow(by: new.utf8.count)
        try charge(overflow ? .max : utf8.count + added)
        var result = String.UnicodeScalarView()
        for (index, scalar) in unicodeScalars.enumerated() {
            if index < insertions { result.append(contentsOf: new.unicodeScalars) }
            result.append(scalar)
        }
        if insertions == count { result.append(contentsOf: new.unicodeScalars) }
        return String(result)
    }

    // MARK: Case

    /// The first letter in title case, the others in lower case.
    var pythonCapitalized: String {
        guard let first = unicodeScalars.first else { return "" }
        return first.properties.titlecaseMapping + String(unicodeScalars.dropFirst()).lowercased()
    }

    /// Each run of letters capitalised.
    var pythonTitle: String {
        var result = ""
        var isInWord = false
        for scalar in unicodeScalars {
            let properties = scalar.properties
            result += isInWord ? properties.lowercaseMapping : properties.titlecaseMapping
            isInWord = properties.isCased
        }
        return result
    }

    var swappedCase: String {
        var result = ""
        for scalar in unicodeScalars {
            let properties = scalar.properties
            result += properties.isUppercase ? properties.lowercaseMapping : properties.uppercaseMapping
        }
        return result
    }

    /// Whether there are letters with case, and all of them have this one.
    func hasCase(upper: Bool) -> Bool {
        var hasCased = false
        for scalar in unicodeScalars {
            let properties = scalar.properties
            if upper ? properties.isLowercase : properties.isUppercase { return false }
            if properties.generalCategory == .titlecaseLetter { return false }
            if upper ? properties.isUppercase : properties.isLowercase { hasCased = true }
        }
        return hasCased
    }

    // MARK: HTML

    var htmlEscaped: String {
        guard utf8.contains(where: { [0x26, 0x3C, 0x3E, 0x22, 0x27].contains($0) }) else { return self }
        var result = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar {
            case "&": result.append(contentsOf: "&amp;".unicodeScalars)
            case "<": result.append(contentsOf: "&lt;".unicodeScalars)
            case ">": result.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": result.append(contentsOf: "&#34;".unicodeScalars)
            case "'": result.append(contentsOf: "&#39;".unicodeScalars)
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}

extension ArraySlice<Unicode.Scalar> {
    fileprivate func trimmingTrailingSpace() -> ArraySlice<Unicode.Scalar> {
        var slice = self
        while let last = slice.last, last.isPythonSpace { slice.removeLast() }
        return slice
    }
}

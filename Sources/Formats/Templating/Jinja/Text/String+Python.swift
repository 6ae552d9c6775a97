/// Python's operations on strings. Where they count, they count code points.
extension String {
    var codePointCount: Int { unicodeScalars.count }

    /// The text up to the code point.
    func prefix(codePoints count: Int) -> String { String(unicodeScalars.prefix(max(count, 0))) }

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
        guard utf8.contains(where: { Self.htmlEscape(of: $0) != nil }) else { return self }
        var result: [UInt8] = []
        result.reserveCapacity(utf8.count)
        for byte in utf8 {
            if let escape = Self.htmlEscape(of: byte) { result += escape.utf8 } else { result.append(byte) }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func htmlEscape(of byte: UInt8) -> String? {
        switch byte {
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "\""): "&#34;"
        case UInt8(ascii: "'"): "&#39;"
        default: nil
        }
    }
}

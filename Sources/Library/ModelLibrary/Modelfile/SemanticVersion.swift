/// `1.2.3`, also shortened, with pre-release and build, with or without a `v`.
enum SemanticVersion {
    static func isValid(_ text: String) -> Bool {
        var rest = text.hasPrefix("v") ? text.dropFirst() : Substring(text)
        for (separator, isNumbered) in [("+", false), ("-", true)] {
            guard let index = rest.firstIndex(of: Character(separator)) else { continue }
            let identifiers = rest[rest.index(after: index)...].split(separator: ".", omittingEmptySubsequences: false)
            guard identifiers.allSatisfy({ isIdentifier($0, isNumbered: isNumbered) }) else { return false }
            rest = rest[..<index]
        }
        let numbers = rest.split(separator: ".", omittingEmptySubsequences: false)
        return (1...3).contains(numbers.count) && numbers.allSatisfy(isNumber)
    }

    private static func isNumber(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
            && (text == "0" || !text.hasPrefix("0"))
    }

    private static func isIdentifier(_ text: Substring, isNumbered: Bool) -> Bool {
        let isDigits = text.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
        if isDigits, isNumbered { return isNumber(text) }
        return !text.isEmpty
            && text.utf8.allSatisfy {
                $0 < 0x80
                    && (Character(Unicode.Scalar($0)).isLetter || Character(Unicode.Scalar($0)).isNumber
                        || $0 == UInt8(ascii: "-"))
            }
    }
}

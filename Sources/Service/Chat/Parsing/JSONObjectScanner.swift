/// Finds objects in text as it grows, by their braces: strings inside of an object are passed over.
struct JSONObjectScanner {
    private var depth = 0
    private var start = 0
    private var isInString = false
    private var isEscaped = false

    /// Takes the next byte, at `index`. Returns the range of an object that it closes.
    mutating func scan(_ byte: UInt8, at index: Int) -> Range<Int>? {
        if isInString {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isInString = false
            }
            return nil
        }
        switch byte {
        case UInt8(ascii: "{"):
            if depth == 0 { start = index }
            depth += 1
        case UInt8(ascii: "}") where depth > 0:
            depth -= 1
            return depth == 0 ? start..<(index + 1) : nil
        case UInt8(ascii: "\"") where depth > 0: isInString = true
        default: break
        }
        return nil
    }

    /// Between objects.
    var isOutside: Bool { depth == 0 }
}

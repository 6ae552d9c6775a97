/// Go's `fmt`: values as text, by default rules or by a format.
struct GoFormatter {
    private(set) var output: MarkedText = ""
    var directive = GoFormatDirective()
    /// UTF-8 bytes of output after which nothing more is written.
    let limit: Int

    init(limit: Int = .max) {
        self.limit = limit
    }

    /// As `%v`.
    static func text(of value: GoValue, limit: Int = .max) -> MarkedText {
        if case .string(let string) = value { return string }
        var formatter = GoFormatter(limit: limit)
        formatter.append(value)
        return formatter.output
    }

    /// As `fmt.Sprint`: a space between neighbours of which neither is a string.
    static func print(_ values: [GoValue], limit: Int) -> MarkedText {
        var formatter = GoFormatter(limit: limit)
        var followsString = true
        for value in values {
            var isString = false
            if case .string = value { isString = true }
            if !isString, !followsString { formatter.write(" ") }
            formatter.append(value)
            followsString = isString
        }
        return formatter.output
    }

    /// As `fmt.Sprintln`.
    static func printLine(_ values: [GoValue], limit: Int) -> MarkedText {
        var formatter = GoFormatter(limit: limit)
        for (index, value) in values.enumerated() {
            if index > 0 { formatter.write(" ") }
            formatter.append(value)
        }
        formatter.write("\n")
        return formatter.output
    }

    /// As `fmt.Sprintf`.
    static func format(_ format: MarkedText, _ arguments: [GoValue], limit: Int) -> MarkedText {
        var formatter = GoFormatter(limit: limit)
        formatter.run(format, arguments)
        return formatter.output
    }

    /// What the escaping functions escape: nil is `<no value>` there.
    static func escapable(_ values: [GoValue], limit: Int) -> MarkedText {
        print(values.map { $0 == .null ? .string("<no value>") : $0 }, limit: limit)
    }

    var isFull: Bool { output.utf8.count > limit }

    mutating func write(_ text: MarkedText) {
        if !isFull { output.append(text) }
    }

    /// Writes what Go says by itself.
    mutating func write(literal text: String) { write(.literal(text)) }

    private mutating func append(_ value: GoValue) {
        directive = GoFormatDirective()
        append(value, "v")
    }

    // MARK: Padding

    /// Writes the text padded to the width, which counts code points.
    mutating func pad(_ text: MarkedText) {
        guard let width = directive.width else { return write(text) }
        let missing = width - text.unicodeScalars.count
        guard missing > 0 else { return write(text) }
        if directive.minus {
            write(text)
            writePadding(missing)
        } else {
            writePadding(missing)
            write(text)
        }
    }

    mutating func writePadding(_ count: Int) {
        guard count > 0, !isFull else { return }
        let isZero = directive.zero && !directive.minus
        write(literal: String.repeated(isZero ? "0" : " ", min(count, limit)))
    }

    mutating func pad(literal text: String) { pad(.literal(text)) }

    mutating func padWithoutZeros(_ text: String) {
        let zero = directive.zero
        directive.zero = false
        pad(literal: text)
        directive.zero = zero
    }
}

/// What a `%` directive says besides its verb.
struct GoFormatDirective {
    var plus = false
    var minus = false
    var sharp = false
    var space = false
    var zero = false
    /// `%+v` and `%#v`.
    var plusV = false
    var sharpV = false
    var width: Int?
    var precision: Int?
}

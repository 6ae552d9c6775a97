extension GoFormatter {
    /// Writes the format with its directives replaced.
    mutating func run(_ format: MarkedText, _ arguments: [GoValue]) {
        var reader = GoFormatReader(format.text, arguments)
        while !isFull, let text = reader.nextLiteral() {
            write(format.remade(as: text))
            guard reader.startsDirective() else { continue }
            append(reader.directive(), &reader)
        }
        let extra = reader.unusedArguments
        guard !extra.isEmpty else { return }
        directive = GoFormatDirective()
        write("%!(EXTRA ")
        for (index, argument) in extra.enumerated() {
            if index > 0 { write(", ") }
            guard argument != .null else {
                write("<nil>")
                continue
            }
            write(literal: "\(argument.typeName)=")
            append(argument, "v")
        }
        write(")")
    }

    private mutating func append(_ found: GoFormatReader.Directive, _ reader: inout GoFormatReader) {
        directive = found.flags
        for problem in found.problems { write(literal: problem) }
        guard let verb = found.verb else { return write("%!(NOVERB)") }
        if verb == "%" { return write("%") }
        if found.hasBadIndex { return write(literal: "%!\(verb)(BADINDEX)") }
        guard let argument = reader.takeArgument() else { return write(literal: "%!\(verb)(MISSING)") }
        if verb == "v" {
            (directive.plusV, directive.plus) = (directive.plus, false)
            (directive.sharpV, directive.sharp) = (directive.sharp, false)
        }
        append(argument, verb)
    }
}

/// Reads a format string along with the arguments that it takes.
struct GoFormatReader {
    struct Directive {
        var flags = GoFormatDirective()
        var verb: Unicode.Scalar?
        var hasBadIndex = false
        /// What bad widths and precisions print.
        var problems: [String] = []
    }

    private let scalars: [Unicode.Scalar]
    private var position = 0
    private let arguments: [GoValue]
    private var nextArgument = 0
    private var isReordered = false

    init(_ format: String, _ arguments: [GoValue]) {
        scalars = Array(format.unicodeScalars)
        self.arguments = arguments
    }

    /// The text up to the next directive; nil at the end.
    mutating func nextLiteral() -> String? {
        guard position < scalars.count else { return nil }
        var text = String.UnicodeScalarView()
        while let scalar = peek(), scalar != "%" {
            text.append(scalar)
            position += 1
        }
        return String(text)
    }

    mutating func startsDirective() -> Bool { accept("%") }

    /// What a format with numbered arguments leaves unused is no mistake.
    var unusedArguments: ArraySlice<GoValue> {
        isReordered || nextArgument >= arguments.count ? [] : arguments[nextArgument...]
    }

    mutating func takeArgument() -> GoValue? {
        guard arguments.indices.contains(nextArgument) else { return nil }
        defer { nextArgument += 1 }
        return arguments[nextArgument]
    }

    /// Reads what follows a `%`.
    mutating func directive() -> Directive {
        var found = Directive()
        isReordered = false
        readFlags(&found.flags)
        var followsIndex = readIndex(&found)
        if accept("*") {
            readStarWidth(&found)
            followsIndex = false
        } else if let width = number() {
            found.flags.width = width
            if followsIndex { found.hasBadIndex = true }
        }
        readPrecision(&found, followsIndex: followsIndex)
        found.verb = peek()
        position += 1
        return found
    }

    private mutating func readFlags(_ flags: inout GoFormatDirective) {
        while let scalar = peek() {
            switch scalar {
            case "#": flags.sharp = true
            case "0": flags.zero = true
            case "+": flags.plus = true
            case "-": flags.minus = true
            case " ": flags.space = true
            default: return
            }
            position += 1
        }
    }

    private mutating func readStarWidth(_ found: inout Directive) {
        if let width = takeSize() {
            found.flags.width = abs(width)
            // A negative width means: to the left, and then not with zeros.
            if width < 0 { (found.flags.minus, found.flags.zero) = (true, false) }
        } else {
            found.problems.append("%!(BADWIDTH)")
        }
    }

    private mutating func readPrecision(_ found: inout Directive, followsIndex: Bool) {
        guard accept(".") else {
            if !followsIndex { _ = readIndex(&found) }
            return
        }
        if followsIndex { found.hasBadIndex = true }
        let followsSecondIndex = readIndex(&found)
        if accept("*") {
            if let precision = takeSize() {
                found.flags.precision = precision < 0 ? nil : precision
            } else {
                found.problems.append("%!(BADPREC)")
            }
            _ = readIndex(&found)
        } else if let precision = number() {
            found.flags.precision = precision
            if followsSecondIndex { found.hasBadIndex = true }
            _ = readIndex(&found)
        } else {
            found.flags.precision = 0
        }
    }

    /// `[2]` chooses the argument. Returns whether one was there.
    private mutating func readIndex(_ found: inout Directive) -> Bool {
        guard peek() == "[" else { return false }
        isReordered = true
        guard let closing = scalars[position...].firstIndex(of: "]") else {
            position += 1
            found.hasBadIndex = true
            return false
        }
        position += 1
        let index = number()
        let isWellFormed = position == closing
        position = closing + 1
        guard isWellFormed, let index, (1...max(1, arguments.count)).contains(index), !arguments.isEmpty else {
            found.hasBadIndex = true
            return true
        }
        nextArgument = index - 1
        return true
    }

    /// The next argument as a width or precision.
    private mutating func takeSize() -> Int? {
        guard case .int(let size)? = takeArgument(), abs(size.clamped) <= Self.maximumSize else { return nil }
        return size
    }

    private static let maximumSize = 1_000_000

    private mutating func number() -> Int? {
        let start = position
        var value = 0
        while let digit = peek()?.decimalDigit {
            guard value <= Self.maximumSize else { return nil }
            value = value * 10 + digit
            position += 1
        }
        return position == start || value > Self.maximumSize ? nil : value
    }

    private func peek() -> Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func accept(_ scalar: Unicode.Scalar) -> Bool {
        guard peek() == scalar else { return false }
        position += 1
        return true
    }
}

extension Unicode.Scalar {
    fileprivate var decimalDigit: Int? {
        ("0"..."9").contains(self) ? Int(value - 48) : nil
    }
}

extension Int {
    /// Without the one value that has no magnitude.
    fileprivate var clamped: Int { self == .min ? .max : self }
}

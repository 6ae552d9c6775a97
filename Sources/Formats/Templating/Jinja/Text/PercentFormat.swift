/// Python's `format % values`.
struct PercentFormat {
    private let format: [Unicode.Scalar]
    private let renderer: JinjaRenderer
    private let mapping: JinjaDictionary?
    /// Python takes what has items for a mapping, of which it need not use any.
    private let mayBeUnused: Bool
    private var values: [JinjaValue]
    private var nextValue = 0
    private var index = 0
    private var output = FormatOutput()

    static func format(
        _ format: MarkedText, _ value: JinjaValue, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> MarkedText {
        try FormatOutput.charge(format, renderer)
        var formatter = PercentFormat(format, value, renderer)
        return try formatter.run()
    }

    private init(_ format: MarkedText, _ value: JinjaValue, _ renderer: JinjaRenderer) {
        self.format = Array(format.unicodeScalars)
        output.isContent = format.holdsContent
        self.renderer = renderer
        if case .dictionary(let dictionary) = value { mapping = dictionary } else { mapping = nil }
        if case .tuple(let sequence) = value { values = sequence.elements } else { values = [value] }
        switch value {
        case .dictionary, .list, .range, .undefined: mayBeUnused = true
        default: mayBeUnused = false
        }
    }

    private mutating func run() throws(TemplateError) -> MarkedText {
        while index < format.count {
            if format[index] != "%" {
                output.append(format[index])
                index += 1
            } else {
                index += 1
                try formatItem()
            }
        }
        guard nextValue >= values.count || mayBeUnused else {
            throw TemplateError(.evaluation, "not all arguments converted during string formatting")
        }
        return output.text
    }

    private mutating func formatItem() throws(TemplateError) {
        var key: JinjaValue?
        if peek == "(" { key = try takeKey() }
        var layout = NumberLayout()
        while let flag = peek, layout.take(flag: flag) { index += 1 }
        layout.width = try takeCount()
        if let width = layout.width, width < 0 {
            layout.isLeftAligned = true
            layout.width = Int(clamping: width.magnitude)
        }
        if peek == "." {
            index += 1
            layout.precision = max(0, try takeCount() ?? 0)
        }
        while let modifier = peek, ["h", "l", "L"].contains(modifier) { index += 1 }
        guard let conversion = peek else { throw TemplateError(.evaluation, "incomplete format") }
        index += 1
        if conversion == "%" {
            output.append("%")
            return
        }
        if key == nil { key = try takeValue() }
        try output.append(try layout.convert(key ?? .none, conversion, renderer), renderer)
    }

    private var peek: Unicode.Scalar? { index < format.count ? format[index] : nil }

    private mutating func takeKey() throws(TemplateError) -> JinjaValue {
        guard let mapping else { throw TemplateError(.evaluation, "format requires a mapping") }
        guard let end = format[index...].firstIndex(of: ")") else {
            throw TemplateError(.evaluation, "incomplete format key")
        }
        let name = String(scalars: format[index + 1..<end])
        index = end + 1
        guard let value = mapping[name] else { throw TemplateError(.evaluation, "'\(name)'") }
        return value
    }

    /// A number in the format, or the next value for `*`.
    private mutating func takeCount() throws(TemplateError) -> Int? {
        if peek == "*" {
            index += 1
            guard let count = try takeValue().index else { throw TemplateError(.evaluation, "* wants int") }
            return count
        }
        var digits = ""
        while let digit = peek, digit.isASCIIDigit {
            digits.unicodeScalars.append(digit)
            index += 1
        }
        guard !digits.isEmpty else { return nil }
        guard let count = Int(digits) else { throw TemplateError(.evaluation, "width too big") }
        return count
    }

    private mutating func takeValue() throws(TemplateError) -> JinjaValue {
        guard nextValue < values.count else {
            throw TemplateError(.evaluation, "not enough arguments for format string")
        }
        defer { nextValue += 1 }
        return values[nextValue]
    }
}

/// What a format string becomes: its own characters and the fields between them.
struct FormatOutput {
    private var finished: MarkedText = ""
    private var literal = String.UnicodeScalarView()
    /// The format itself holds contents.
    var isContent = false

    /// Pays for reading a format, its characters one by one.
    static func charge(_ format: MarkedText, _ renderer: JinjaRenderer) throws(TemplateError) {
        try renderer.charge(remaking: format, growth: 2 + MemoryLayout<Unicode.Scalar>.stride, stepBytes: 2)
    }

    mutating func append(_ scalar: Unicode.Scalar) { literal.append(scalar) }

    mutating func append(_ field: MarkedText, _ renderer: JinjaRenderer) throws(TemplateError) {
        try renderer.charge(steps: 4)
        try renderer.charge(bytes: field.byteCount)
        finishLiteral()
        finished.append(field)
    }

    private mutating func finishLiteral() {
        finished.append(MarkedText(String(literal), isContent: isContent))
        literal = String.UnicodeScalarView()
    }

    var text: MarkedText {
        mutating get {
            finishLiteral()
            return finished
        }
    }
}

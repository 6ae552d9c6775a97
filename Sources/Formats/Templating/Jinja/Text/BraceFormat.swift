import OrderedCollections

/// Python's `str.format`.
struct BraceFormat {
    private let format: [Unicode.Scalar]
    private let arguments: JinjaCallArguments
    private let renderer: JinjaRenderer
    private var index = 0
    private var nextPosition = 0
    private var output = FormatOutput()

    static func format(
        _ format: MarkedText, _ arguments: JinjaCallArguments, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> MarkedText {
        try FormatOutput.charge(format, renderer)
        var formatter = BraceFormat(format: format, arguments: arguments, renderer: renderer)
        return try formatter.run()
    }

    private init(format: MarkedText, arguments: JinjaCallArguments, renderer: JinjaRenderer) {
        self.format = Array(format.unicodeScalars)
        output.isContent = format.holdsContent
        self.arguments = arguments
        self.renderer = renderer
    }

    private mutating func run() throws(TemplateError) -> MarkedText {
        while index < format.count {
            let scalar = format[index]
            let isDoubled = index + 1 < format.count && format[index + 1] == scalar
            switch scalar {
            case "{", "}":
                if isDoubled {
                    output.append(scalar)
                    index += 2
                } else if scalar == "{" {
                    index += 1
                    try formatField()
                } else {
                    throw TemplateError(.evaluation, "Single '}' encountered in format string")
                }
            default:
                output.append(scalar)
                index += 1
            }
        }
        return output.text
    }

    // MARK: Fields

    /// Formats the field whose opening brace was just passed: `name.attribute[item]!r:layout`.
    private mutating func formatField() throws(TemplateError) {
        var value = try fieldValue(take { ".[!:}".unicodeScalars.contains($0) })
        while let scalar = peek {
            switch scalar {
            case ".":
                index += 1
                value = try renderer.attribute(take { ".[!:}".unicodeScalars.contains($0) }, of: value)
            case "[":
                index += 1
                let key = take { $0 == "]" }
                index += 1
                value = try renderer.item(Int(key).map { .integer($0) } ?? .literal(key), of: value)
            case "!":
                index += 1
                guard let conversion = peek else { throw incomplete }
                index += 1
                if conversion == "s" {
                    value = .string(try renderer.printed(value))
                } else {
                    try renderer.charge(representing: value)
                    value = .string(MarkedText(value.represented, isContent: value.size.holdsContent))
                }
            case ":":
                index += 1
                let layout = try takeLayout()
                guard peek == "}" else { throw incomplete }
                index += 1
                try output.append(try FieldLayout.format(value, layout, renderer), renderer)
                return
            case "}":
                index += 1
                try output.append(try renderer.printed(value), renderer)
                return
            default: throw incomplete
            }
        }
        throw incomplete
    }

    private mutating func fieldValue(_ name: String) throws(TemplateError) -> JinjaValue {
        if name.isEmpty || Int(name) != nil {
            let position = Int(name) ?? nextPosition
            if name.isEmpty { nextPosition += 1 }
            guard arguments.positional.indices.contains(position) else {
                throw TemplateError(
                    .evaluation, "Replacement index \(position) out of range for positional args tuple")
            }
            return arguments.positional[position]
        }
        guard let value = arguments.keywords[name] else { throw TemplateError(.evaluation, "'\(name)'") }
        return value
    }

    /// The layout, with the fields inside it already formatted.
    private mutating func takeLayout() throws(TemplateError) -> String {
        var layout = String.UnicodeScalarView()
        while let scalar = peek, scalar != "}" {
            index += 1
            guard scalar == "{" else {
                layout.append(scalar)
                continue
            }
            let value = try fieldValue(take { $0 == "}" })
            index += 1
            let part = try renderer.printed(value)
            try renderer.charge(remaking: part, growth: 5, stepBytes: 2)
            layout.append(contentsOf: part.unicodeScalars)
        }
        return String(layout)
    }

    private var peek: Unicode.Scalar? { index < format.count ? format[index] : nil }
    private var incomplete: TemplateError { TemplateError(.evaluation, "expected '}' before end of string") }

    private mutating func take(until isEnd: (Unicode.Scalar) -> Bool) -> String {
        let start = index
        while let scalar = peek, !isEnd(scalar) { index += 1 }
        return String(scalars: format[start..<index])
    }
}

/// `[[fill]align][sign][#][0][width][,][.precision][type]`.
private struct FieldLayout {
    private var scalars: ArraySlice<Unicode.Scalar>
    private var layout = NumberLayout()
    private var alignment: Unicode.Scalar?

    static func format(
        _ value: JinjaValue, _ text: String, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> MarkedText {
        var field = FieldLayout(text)
        return try field.format(value, renderer)
    }

    private init(_ text: String) {
        scalars = Array(text.unicodeScalars)[...]
        let alignments: [Unicode.Scalar] = ["<", ">", "^", "="]
        if scalars.count > 1, alignments.contains(scalars[1]) {
            layout.fill = scalars.removeFirst()
            alignment = scalars.removeFirst()
        } else if let first = scalars.first, alignments.contains(first) {
            alignment = scalars.removeFirst()
        }
    }

    private mutating func format(
        _ value: JinjaValue, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> MarkedText {
        if let sign = take(["+", " ", "-"]) {
            layout.showsPlus = sign == "+"
            layout.leavesSpaceForSign = sign == " "
        }
        layout.isAlternate = take(["#"]) != nil
        layout.padsWithZeros = take(["0"]) != nil && alignment == nil || alignment == "=" && layout.fill == "0"
        layout.width = takeNumber()
        layout.groupSeparator = take([",", "_"]).map { String($0) }
        if take(["."]) != nil { layout.precision = takeNumber() }
        let type = scalars.popFirst()
        guard scalars.isEmpty else { throw TemplateError(.evaluation, "Invalid format specifier") }
        layout.isCentered = alignment == "^"
        layout.isLeftAligned = alignment == "<"
        return try format(value, type, renderer)
    }

    private mutating func format(
        _ value: JinjaValue, _ type: Unicode.Scalar?, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> MarkedText {
        switch (value, type) {
        case (.integer, nil), (.integer, "d"), (.integer, "x"), (.integer, "X"), (.integer, "o"), (.integer, "b"),
            (.bool, "d"):
            let integer = value.index ?? 0
            let digits = layout.digits(of: integer.magnitude, type ?? "d")
            return try layout.layOut(
                digits, isNegative: integer < 0, prefix: layout.prefix(type ?? "d"), renderer)
        case (.float(let number), nil) where layout.precision == nil:
            let text = JinjaValue.float(number.magnitude).represented
            return try layout.layOut(text, isNegative: number.sign == .minus, prefix: "", renderer)
        case (.float, nil): return try number(value, "g", renderer)
        case (_, "%"):
            guard let number = value.number else { throw unknown(type, value) }
            let precision = min(layout.precision ?? 6, NumberLayout.largestPrecision)
            try renderer.charge(steps: NumberLayout.steps(ofPrecision: precision))
            return try layout.layOut(
                NumberLayout.fixed(number.magnitude * 100, precision: precision) + "%",
                isNegative: number < 0, prefix: "", renderer)
        case (_, "e"), (_, "E"), (_, "f"), (_, "F"), (_, "g"), (_, "G"):
            return try number(value, type ?? "g", renderer)
        case (_, nil), (_, "s"):
            let text = try renderer.printed(value)
            try renderer.charge(remaking: text)
            return try layout.pad(
                layout.precision.map(text.prefix(codePoints:)) ?? text, alignsRight: alignment == ">", renderer)
        default: throw unknown(type, value)
        }
    }

    private func number(
        _ value: JinjaValue, _ type: Unicode.Scalar, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> MarkedText {
        guard let number = value.number else { throw unknown(type, value) }
        return try layout.layOut(number, type, renderer)
    }

    private func unknown(_ type: Unicode.Scalar?, _ value: JinjaValue) -> TemplateError {
        TemplateError(
            .evaluation,
            "Unknown format code '\(type.map { String($0) } ?? "")' for object of type '\(value.typeName)'")
    }

    private mutating func take(_ options: [Unicode.Scalar]) -> Unicode.Scalar? {
        guard let first = scalars.first, options.contains(first) else { return nil }
        return scalars.popFirst()
    }

    private mutating func takeNumber() -> Int? {
        let digits = scalars.prefix { $0.isASCIIDigit }
        scalars = scalars.dropFirst(digits.count)
        return digits.isEmpty ? nil : Int(String(scalars: digits)) ?? .max
    }
}

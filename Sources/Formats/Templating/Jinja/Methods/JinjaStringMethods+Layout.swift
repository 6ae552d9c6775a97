import OrderedCollections

extension JinjaStringMethods {
    static let layoutMethods: [String: JinjaMethod] = [
        "center": padding { missing, width in
            // Python puts the odd one on the left where the width is odd.
            let left = missing / 2 + (missing & width & 1)
            return (left, missing - left)
        },
        "ljust": padding { missing, _ in (0, missing) },
        "rjust": padding { missing, _ in (missing, 0) },
        "zfill": JinjaMethod("width") { (receiver, arguments, renderer) throws(TemplateError) in
            let text = try charged(receiver, renderer)
            let missing = max(0, try arguments.integer(0, default: 0)) - text.codePointCount
            guard missing > 0 else { return receiver }
            try renderer.charge(bytes: missing)
            let first = text.unicodeScalars.first
            let sign = text.slice(0..<(first == "-" || first == "+" ? 1 : 0))
            let zeros = MarkedText.literal(String.repeated("0", missing))
            return receiver.likewise(sign + zeros + text.slice(sign.utf8.count..<text.utf8.count))
        },
        "expandtabs": JinjaMethod("tabsize?") { (receiver, arguments, renderer) throws(TemplateError) in
            try expandTabs(receiver, size: try arguments.integer(0, default: 8), renderer)
        },
        "format": JinjaMethod("*") { (receiver, arguments, renderer) throws(TemplateError) in
            var values = arguments.rest
            if case .markup = receiver {
                for index in values.positional.indices {
                    values.positional[index] = try renderer.escaped(values.positional[index])
                }
                for (name, value) in values.keywords { values.keywords[name] = try renderer.escaped(value) }
            }
            return receiver.likewise(try BraceFormat.format(receiver.marked ?? "", values, renderer))
        },
    ]

    private static func padding(
        _ split: @escaping @Sendable (_ missing: Int, _ width: Int) -> (left: Int, right: Int)
    ) -> JinjaMethod {
        JinjaMethod("width", "fillchar?") { (receiver, arguments, renderer) throws(TemplateError) in
            let text = try charged(receiver, renderer)
            let width = max(0, try arguments.integer(0, default: 0))
            let fill = arguments[1] == nil ? " " : try arguments.marked(1)
            guard fill.codePointCount == 1 else {
                throw TemplateError(.evaluation, "The fill character must be exactly one character long")
            }
            let missing = width - text.codePointCount
            guard missing > 0 else { return receiver }
            let (bytes, overflow) = missing.multipliedReportingOverflow(by: fill.utf8.count)
            try renderer.charge(bytes: overflow ? .max : bytes)
            let (left, right) = split(missing, width)
            return receiver.likewise(fill.repeated(left) + text + fill.repeated(right))
        }
    }

    private static func expandTabs(
        _ receiver: JinjaValue, size: Int, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> JinjaValue {
        var result: [UInt8] = []
        var column = 0
        let text = try charged(receiver, renderer)
        try renderer.charge(steps: text.utf8.count / 8)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\t":
                let count = size > 0 ? size - column % size : 0
                try renderer.charge(bytes: count)
                result.append(contentsOf: repeatElement(UInt8(ascii: " "), count: count))
                column += count
            case "\n", "\r":
                result.append(scalar)
                column = 0
            default:
                result.append(scalar)
                column += 1
            }
        }
        return receiver.likewise(text.remade(as: String(decoding: result, as: UTF8.self)))
    }
}

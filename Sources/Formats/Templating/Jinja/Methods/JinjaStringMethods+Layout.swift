import OrderedCollections

extension JinjaStringMethods {
    static let layoutMethods: [String: JinjaMethod] = [
        "center": padding { layout, missing, width in
            // Python puts the odd one on the left where the width is odd.
            let left = missing / 2 + (missing & width & 1)
            return (left, missing - left)
        },
        "ljust": padding { _, missing, _ in (0, missing) },
        "rjust": padding { _, missing, _ in (missing, 0) },
        "zfill": JinjaMethod("width") { (receiver, arguments, renderer) throws(TemplateError) in
            let text = receiver.text ?? ""
            let missing = max(0, try arguments.integer(0, default: 0)) - text.codePointCount
            guard missing > 0 else { return receiver }
            try renderer.charge(bytes: missing)
            let sign = text.hasPrefix("-") || text.hasPrefix("+") ? text.prefix(1) : ""
            return receiver.likewise(sign + String(repeating: "0", count: missing) + text.dropFirst(sign.count))
        },
        "expandtabs": JinjaMethod("tabsize?") { (receiver, arguments, renderer) throws(TemplateError) in
            try expandTabs(receiver, size: try arguments.integer(0, default: 8), renderer)
        },
        "format": JinjaMethod("*") { (receiver, arguments, renderer) throws(TemplateError) in
            var values = arguments.rest
            if case .markup = receiver {
                values.positional = values.positional.map(\.htmlEscaped)
                values.keywords = values.keywords.mapValues(\.htmlEscaped)
            }
            return receiver.likewise(try BraceFormat.format(receiver.text ?? "", values, renderer))
        },
    ]

    private static func padding(
        _ split: @escaping @Sendable (String, _ missing: Int, _ width: Int) -> (left: Int, right: Int)
    ) -> JinjaMethod {
        JinjaMethod("width", "fillchar?") { (receiver, arguments, renderer) throws(TemplateError) in
            let text = try charged(receiver, renderer)
            let width = max(0, try arguments.integer(0, default: 0))
            let fill = arguments[1] == nil ? " " : try arguments.text(1)
            guard fill.codePointCount == 1 else {
                throw TemplateError(.evaluation, "The fill character must be exactly one character long")
            }
            let missing = width - text.codePointCount
            guard missing > 0 else { return receiver }
            let (bytes, overflow) = missing.multipliedReportingOverflow(by: fill.utf8.count)
            try renderer.charge(bytes: overflow ? .max : bytes)
            let (left, right) = split(text, missing, width)
            return receiver.likewise(
                String(repeating: fill, count: left) + text + String(repeating: fill, count: right))
        }
    }

    private static func expandTabs(
        _ receiver: JinjaValue, size: Int, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> JinjaValue {
        var result = String.UnicodeScalarView()
        var column = 0
        for scalar in try charged(receiver, renderer).unicodeScalars {
            switch scalar {
            case "\t":
                let count = size > 0 ? size - column % size : 0
                try renderer.charge(bytes: count)
                result.append(contentsOf: repeatElement(" ", count: count))
                column += count
            case "\n", "\r":
                result.append(scalar)
                column = 0
            default:
                result.append(scalar)
                column += 1
            }
        }
        return receiver.likewise(String(result))
    }
}

/// Where filters such as `map(attribute="a.0.b")` look in each element.
struct JinjaAttributePath {
    private let parts: [JinjaValue]
    private let defaultValue: JinjaValue?

    init(_ attribute: JinjaValue, default defaultValue: JinjaValue? = nil) {
        self.defaultValue = defaultValue
        guard let text = attribute.text else {
            parts = [attribute]
            return
        }
        parts = text.split(separator: ".", omittingEmptySubsequences: false).map { part in
            guard part.utf8.allSatisfy({ ("0"..."9").contains(Unicode.Scalar($0)) }), let index = Int(part) else {
                return .literal(String(part))
            }
            return .integer(index)
        }
    }

    func value(in element: JinjaValue, _ renderer: JinjaRenderer) throws(TemplateError) -> JinjaValue {
        var value = element
        for part in parts {
            try renderer.charge()
            value = try renderer.item(part, of: value)
            if value.isUndefined, let defaultValue { value = defaultValue }
        }
        return value
    }

    func values(in elements: [JinjaValue], _ renderer: JinjaRenderer) throws(TemplateError) -> [JinjaValue] {
        try renderer.charge(elements: elements.count)
        var values: [JinjaValue] = []
        values.reserveCapacity(elements.count)
        for element in elements { values.append(try value(in: element, renderer)) }
        return values
    }
}

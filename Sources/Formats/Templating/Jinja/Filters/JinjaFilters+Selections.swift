import OrderedCollections

extension JinjaFilters {
    /// Filters that apply a filter or test to each element.
    static let selections: [String: JinjaFilter] = [
        "map": JinjaFilter("*", apply: map),
        "select": selecting(isWanted: true, byAttribute: false),
        "reject": selecting(isWanted: false, byAttribute: false),
        "selectattr": selecting(isWanted: true, byAttribute: true),
        "rejectattr": selecting(isWanted: false, byAttribute: true),
    ]

    private static func map(
        _ value: JinjaValue, _ arguments: JinjaBoundArguments, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> JinjaValue {
        var arguments = arguments.rest
        guard value.isTrue else { return .iterator(JinjaIterator([])) }
        let elements = try renderer.elements(of: value)
        if arguments.positional.isEmpty, let attribute = arguments.keywords.removeValue(forKey: "attribute") {
            let defaultValue = arguments.keywords.removeValue(forKey: "default")
            if let unknown = arguments.keywords.keys.first {
                throw TemplateError(.evaluation, "Unexpected keyword argument '\(unknown)'")
            }
            let path = JinjaAttributePath(attribute, default: defaultValue == JinjaValue.none ? nil : defaultValue)
            return .iterator(JinjaIterator(try path.values(in: elements, renderer)))
        }
        guard let name = arguments.positional.first else {
            throw TemplateError(.evaluation, "map requires a filter argument")
        }
        arguments.positional.removeFirst()
        let filter = try renderer.printed(name).text
        try renderer.charge(elements: elements.count)
        var mapped: [JinjaValue] = []
        for element in elements {
            try renderer.charge()
            mapped.append(try renderer.applyFilter(filter, to: element, arguments))
        }
        return .iterator(JinjaIterator(mapped))
    }

    private static func selecting(isWanted: Bool, byAttribute: Bool) -> JinjaFilter {
        JinjaFilter("*") { (value, arguments, renderer) throws(TemplateError) in
            var arguments = arguments.rest
            guard value.isTrue else { return .iterator(JinjaIterator([])) }
            let elements = try renderer.elements(of: value)
            var path: JinjaAttributePath?
            if byAttribute {
                guard let attribute = arguments.positional.first else {
                    throw TemplateError(.evaluation, "Missing parameter for attribute name")
                }
                arguments.positional.removeFirst()
                path = JinjaAttributePath(attribute)
            }
            let test = try arguments.positional.first.map { (name) throws(TemplateError) in
                try renderer.printed(name).text
            }
            if test != nil { arguments.positional.removeFirst() }
            try renderer.charge(elements: elements.count)
            var selected: [JinjaValue] = []
            for element in elements {
                try renderer.charge()
                let subject = try path?.value(in: element, renderer) ?? element
                let holds =
                    try test.map { (test) throws(TemplateError) in
                        try renderer.applyTest(test, to: subject, arguments)
                    } ?? subject.isTrue
                if holds == isWanted { selected.append(element) }
            }
            return .iterator(JinjaIterator(selected))
        }
    }
}

import JSON
import OrderedCollections

/// A filter: `value | name(arguments)`.
struct JinjaFilter: Sendable {
    typealias Apply = @Sendable (JinjaValue, JinjaBoundArguments, JinjaRenderer) throws(TemplateError) -> JinjaValue

    let signature: JinjaSignature
    let apply: Apply

    init(_ parameters: String..., apply: @escaping Apply) {
        signature = JinjaSignature(parameters)
        self.apply = apply
    }
}

/// All filters by name.
enum JinjaFilters {
    static let all: [String: JinjaFilter] = {
        var filters: [String: JinjaFilter] = [:]
        for table in [text, markup, numbers, sequences, selections, ordering, values] {
            filters.merge(table) { first, _ in first }
        }
        return filters
    }()

    /// Filters for any value.
    private static let values: [String: JinjaFilter] = [
        "default": defaultFilter,
        "d": defaultFilter,
        "tojson": JinjaFilter("ensure_ascii?", "indent?", "separators?", "sort_keys?", apply: toJSON),
        "attr": JinjaFilter("name") { (value, arguments, renderer) throws(TemplateError) in
            // Unlike `value.name`, never the item of that name.
            if case .dictionary(let dictionary) = value, dictionary[try arguments.text(0)] != nil,
                JinjaDictionaryMethods.all[try arguments.text(0)] == nil
            {
                return .undefined("'\(value.described)' has no attribute '\(try arguments.text(0).excerpt())'")
            }
            return try renderer.attribute(try arguments.text(0), of: value)
        },
        "items": JinjaFilter { (value, _, renderer) throws(TemplateError) in
            switch value {
            case .undefined: return .iterator(JinjaIterator([]))
            case .dictionary(let dictionary): return .iterator(JinjaIterator(try dictionary.pairs(renderer)))
            default: throw TemplateError(.evaluation, "Can only get item pairs from a mapping.")
            }
        },
    ]

    private static let defaultFilter = JinjaFilter("default_value?", "boolean?") {
        (value, arguments, _) throws(TemplateError) in
        value.isUndefined || (arguments.flag(1) && !value.isTrue) ? arguments[0] ?? .literal("") : value
    }
}

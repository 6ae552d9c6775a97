package import JSON
import OrderedCollections
package import Sampling

/// The options that somebody gave: of a request, of a model. The others are not given.
package struct OptionValues: Hashable, Sendable {
    private var values: [String: OptionValue] = [:]

    package init() {}

    /// The options of a request. What is empty is not given; unknown names are passed over.
    package init(_ object: JSONObject) throws(OptionError) {
        for (name, json) in object where json != .null && json != .string("") {
            guard let option = OptionCatalog.named(name) else { continue }
            guard let value = OptionValue(json, option.kind) else {
                throw OptionError(name: name, kind: option.kind)
            }
            self[option] = value
        }
    }

    /// The `PARAMETER`s of a model. Values of another type are left out, as the original does.
    package init(parameters: JSONObject) {
        for (name, json) in parameters where json != .null && json != .string("") {
            guard let option = OptionCatalog.named(name) else { continue }
            let texts = option.kind == .texts ? json.arrayValue?.filter { $0.stringValue != nil } : nil
            self[option] = OptionValue(texts.map { .array($0) } ?? json, option.kind)
        }
    }

    package subscript(_ option: ModelOption) -> OptionValue? {
        get { values[option.name] }
        // Clients that always send a list of stops do not mean to take away the model's own.
        set { values[option.name] = newValue.flatMap { $0.isEmpty ? nil : $0 } }
    }

    package subscript<Value>(_ key: OptionKey<Value>) -> Value? {
        get { self[key.option].flatMap { Value($0) } }
        set { self[key.option] = newValue?.optionValue }
    }

    /// These options, and those of `others` where these say nothing.
    package func over(_ others: OptionValues) -> OptionValues {
        var result = self
        result.values.merge(others.values) { own, _ in own }
        return result
    }

    /// How tokens are chosen, as far as that can be said without a tokenizer; what is not given has the default.
    package var sampling: SamplingParameters {
        var result = SamplingParameters()
        for (name, value) in values { OptionCatalog.named(name)?.set(value, &result) }
        return result
    }
}

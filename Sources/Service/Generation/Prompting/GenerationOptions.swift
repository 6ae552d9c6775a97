package import JSON
package import Options

/// Options of one request over those of the model, under the names that `OptionCatalog` gives them. Nil means: not given.
@dynamicMemberLookup
package struct GenerationOptions: Hashable, Sendable {
    package var values: OptionValues

    package init(_ values: OptionValues = OptionValues()) {
        self.values = values
    }

    /// The `PARAMETER`s of a model. Values of another type are left out, as the original does.
    package init(parameters: JSONObject) {
        values = OptionValues(parameters: parameters)
    }

    package subscript<Value: OptionType>(dynamicMember key: KeyPath<OptionCatalog, OptionKey<Value>>) -> Value? {
        get { values[OptionCatalog.shared[keyPath: key]] }
        set { values[OptionCatalog.shared[keyPath: key]] = newValue }
    }

    /// What is given, or the default.
    func value<Value: OptionType>(_ key: OptionKey<Value>) -> Value? { values[key] ?? key.standard }

    /// These options, and those of `model` where these say nothing.
    package func over(_ model: GenerationOptions) -> GenerationOptions { Self(values.over(model.values)) }
}

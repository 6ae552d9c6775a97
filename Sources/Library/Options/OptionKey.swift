import Sampling

/// An option with the type of its value.
package struct OptionKey<Value: OptionType>: Sendable {
    package let option: ModelOption

    /// An option that is no number of the sampling parameters.
    init(
        _ name: String, _ origin: ModelOption.Origin, _ use: ModelOption.Use, _ standard: ModelOption.Standard,
        _ help: String, set: (@Sendable (Value, inout SamplingParameters) -> Void)? = nil
    ) {
        option = ModelOption(
            name: name, kind: Value.kind, origin: origin, use: use, standard: standard, range: nil, help: help,
            set: { value, parameters in
                if let value = Value(value) { set?(value, &parameters) }
            })
    }

    /// A number of the sampling parameters, which know its default and its range.
    private init(
        _ name: String, _ origin: ModelOption.Origin, field: any SamplingParameters.Field<Value>,
        range: ClosedRange<Value>?, _ help: String
    ) where Value: Comparable {
        option = ModelOption(
            name: name, kind: Value.kind, origin: origin, use: .sampling,
            standard: .value(SamplingParameters()[keyPath: field].optionValue),
            range: range.map { .init(least: $0.lowerBound.optionValue, largest: $0.upperBound.optionValue) },
            help: help,
            set: { value, parameters in
                if let value = Value(value) { parameters[keyPath: field] = value }
            })
    }

    /// What holds where nobody says anything; nil where that is no one value.
    package var standard: Value? {
        guard case .value(let value) = option.standard else { return nil }
        return Value(value)
    }
}

extension OptionKey<Float> {
    init(
        _ name: String, _ origin: ModelOption.Origin, _ field: any SamplingParameters.Field<Float>, _ help: String
    ) {
        let range = SamplingParameters.floatRanges.first { ($0.field as AnyKeyPath) == field }?.range
        self.init(name, origin, field: field, range: range, help)
    }
}

extension OptionKey<Int> {
    init(_ name: String, _ origin: ModelOption.Origin, _ field: any SamplingParameters.Field<Int>, _ help: String) {
        let range = SamplingParameters.integerRanges.first { ($0.field as AnyKeyPath) == field }?.range
        self.init(name, origin, field: field, range: range, help)
    }
}

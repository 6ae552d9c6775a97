/// A Swift type for the values of options.
package protocol OptionType: Hashable, Sendable {
    static var kind: ModelOption.Kind { get }
    /// Nil for a value of another kind.
    init?(_ value: OptionValue)
    var optionValue: OptionValue { get }
}

extension Int: OptionType {
    package static var kind: ModelOption.Kind { .integer }
    package init?(_ value: OptionValue) {
        guard case .integer(let value) = value else { return nil }
        self = value
    }
    package var optionValue: OptionValue { .integer(self) }
}

extension Float: OptionType {
    package static var kind: ModelOption.Kind { .number }
    package init?(_ value: OptionValue) {
        guard case .number(let value) = value else { return nil }
        self = value
    }
    package var optionValue: OptionValue { .number(self) }
}

extension Bool: OptionType {
    package static var kind: ModelOption.Kind { .flag }
    package init?(_ value: OptionValue) {
        guard case .flag(let value) = value else { return nil }
        self = value
    }
    package var optionValue: OptionValue { .flag(self) }
}

extension String: OptionType {
    package static var kind: ModelOption.Kind { .text }
    package init?(_ value: OptionValue) {
        guard case .text(let value) = value else { return nil }
        self = value
    }
    package var optionValue: OptionValue { .text(self) }
}

extension [String]: OptionType {
    package static var kind: ModelOption.Kind { .texts }
    package init?(_ value: OptionValue) {
        guard case .texts(let value) = value else { return nil }
        self = value
    }
    package var optionValue: OptionValue { .texts(self) }
}

extension TokenBiases: OptionType {
    package static var kind: ModelOption.Kind { .biases }
    package init?(_ value: OptionValue) {
        guard case .biases(let value) = value else { return nil }
        self = value
    }
    package var optionValue: OptionValue { .biases(self) }
}

/// What holds for an option, and who said so.
package struct EffectiveOption: Sendable {
    package enum Source: String, Sendable {
        case request, model, server, standard = "default"
    }
    package let option: ModelOption
    /// `decided` where nobody gave a value and the default is no one value.
    package let value: ModelOption.Standard
    package let source: Source

    /// Every option that has a use, with what holds where `layers` are asked one after another.
    package static func all(_ layers: [(source: Source, values: OptionValues)]) -> [Self] {
        OptionCatalog.shared.all.filter { $0.use != .nothing }.map { option in
            for (source, values) in layers {
                guard let value = values[option] else { continue }
                return Self(option: option, value: .value(value), source: source)
            }
            return Self(option: option, value: option.standard, source: .standard)
        }
    }
}

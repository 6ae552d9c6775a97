extension RegularLanguage {
    /// Any text that has none of these in it.
    package static func text(without marks: [[UInt8]]) -> RegularLanguage {
        .complement(.sequence([.anything, .choice(marks.map(literal)), .anything]))
    }

    /// Any text that ends with `mark` and has it nowhere before.
    package static func text(upTo mark: [UInt8]) -> RegularLanguage {
        let ended = RegularLanguage.sequence([.anything, .literal(mark)])
        return .intersection([ended, .complement(.sequence([ended, .bytes(.all), .anything]))])
    }

    private static let anything = RegularLanguage.complement(.nothing)
}

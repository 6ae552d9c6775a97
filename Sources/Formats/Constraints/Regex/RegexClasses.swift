/// Sets of scalars that regular expressions have names for.
///
/// ECMA-262 and Python differ in what they take for digits, letters and blanks. A constraint writes what both take for
/// one, and where a set is negated, what neither does.
enum RegexClasses {
    /// A set and its negation; a scalar about which the languages differ is in neither.
    struct Shorthand {
        let members: ScalarSet
        let others: ScalarSet

        init(_ members: ScalarSet, maybe: ScalarSet = ScalarSet([])) {
            self.members = members
            others = members.union(maybe).complement
        }
    }

    static let anyButLineEnds = ScalarSet([0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029]).complement

    static let digits = Shorthand(ScalarSet([0x30...0x39]), maybe: GeneralCategories.set(named: "Nd") ?? .all)
    static let words = Shorthand(
        ScalarSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]),
        maybe: ["L", "N"].reduce(ScalarSet([])) { $0.union(GeneralCategories.set(named: $1) ?? .all) })
    static let blanks = Shorthand(
        ScalarSet([0x09...0x0D, 0x20...0x20]),
        maybe: ScalarSet([
            0x1C...0x1F, 0x85...0x85, 0xA0...0xA0, 0x1680...0x1680, 0x180E...0x180E, 0x2000...0x200B, 0x2028...0x2029,
            0x202F...0x202F, 0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
        ]))
}

/// A choice of names of members. What names begin with in common is written once, so that a text has one reading as
/// soon as it cannot be another name.
enum KeyChoice {
    typealias Key = (text: [UInt8], rest: Grammar.Expression)

    /// How often beginnings branch: expressions nest as deeply.
    private static let depth = 24

    /// Nil where there are no keys.
    static func expression(_ keys: [Key]) -> Grammar.Expression? {
        guard !keys.isEmpty else { return nil }
        let sorted = keys.sorted { $0.text.lexicographicallyPrecedes($1.text) }
        return expression(sorted[...], from: 0, depth: 0)
    }

    /// - Parameter start: all keys are the same before this byte.
    private static func expression(_ keys: ArraySlice<Key>, from start: Int, depth: Int) -> Grammar.Expression {
        guard keys.count > 1, depth < Self.depth, let first = keys.first, let last = keys.last else {
            return choice(keys.map { key in literal(key.text[start...], then: key.rest) })
        }
        // Of sorted keys the first and the last have the least in common.
        let common = zip(first.text[start...], last.text[start...]).prefix { $0 == $1 }.count
        let end = start + common
        var choices: [Grammar.Expression] = []
        var rest = keys
        while let key = rest.first {
            guard end < key.text.count else {
                choices.append(key.rest)
                rest = rest.dropFirst()
                continue
            }
            let group = rest.prefix { end < $0.text.count && $0.text[end] == key.text[end] }
            choices.append(expression(group, from: end, depth: depth + 1))
            rest = rest.dropFirst(group.count)
        }
        return literal(first.text[start..<end], then: choice(choices))
    }

    private static func literal(_ text: ArraySlice<UInt8>, then rest: Grammar.Expression) -> Grammar.Expression {
        text.isEmpty ? rest : .sequence([.regular(.literal(Array(text))), rest])
    }

    private static func choice(_ choices: [Grammar.Expression]) -> Grammar.Expression {
        choices.count == 1 ? choices[0] : .choice(choices)
    }
}

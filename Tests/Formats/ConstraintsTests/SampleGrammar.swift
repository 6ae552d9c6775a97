import Constraints
import TestSupport

/// A random grammar over few bytes.
struct SampleGrammar {
    indirect enum Expression {
        case regular(RegularLanguage)
        case sequence([Expression])
        case choice([Expression])
        case repetition(Expression, Int, Int?)
        case rule(Int)
    }

    var rules: [Expression] = []
    var root: Expression { .rule(0) }

    static let alphabet: [[UInt8]] = ["a", "b", "c", "é"].map { Array($0.utf8) }

    init(_ generator: inout SeededGenerator, hasBooleans: Bool) {
        let count = Int.random(in: 1...4, using: &generator)
        for _ in 0..<count {
            rules.append(Self.expression(3, rules: count, hasBooleans: hasBooleans, &generator))
        }
    }

    var grammar: Grammar {
        var grammar = Grammar()
        let declared = rules.indices.map { grammar.declareRule("rule\($0)") }
        func translated(_ expression: Expression) -> Grammar.Expression {
            switch expression {
            case .regular(let language): .regular(language)
            case .sequence(let parts): .sequence(parts.map(translated))
            case .choice(let parts): .choice(parts.map(translated))
            case .repetition(let part, let atLeast, let atMost):
                .repetition(translated(part), atLeast: atLeast, atMost: atMost)
            case .rule(let index): .rule(declared[index])
            }
        }
        for (rule, expression) in zip(declared, rules) { grammar.define(rule, as: translated(expression)) }
        grammar.root = translated(root)
        return grammar
    }

    static func text(_ generator: inout SeededGenerator, longest: Int = 7) -> [UInt8] {
        (0..<Int.random(in: 0...longest, using: &generator)).flatMap { _ in
            alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
        }
    }

    private static func expression(
        _ depth: Int, rules: Int, hasBooleans: Bool, _ generator: inout SeededGenerator
    ) -> Expression {
        func inner(_ generator: inout SeededGenerator) -> Expression {
            expression(depth - 1, rules: rules, hasBooleans: hasBooleans, &generator)
        }
        switch Int.random(in: depth == 0 ? 0...3 : 0...9, using: &generator) {
        case 0, 1, 2: return .regular(language(2, hasBooleans: hasBooleans, &generator))
        case 3: return .rule(Int.random(in: 0..<rules, using: &generator))
        case 4, 5, 6:
            return .sequence((0..<Int.random(in: 0...3, using: &generator)).map { _ in inner(&generator) })
        case 7, 8:
            return .choice((0..<Int.random(in: 1...3, using: &generator)).map { _ in inner(&generator) })
        default:
            let (atLeast, atMost) = counts(&generator)
            return .repetition(inner(&generator), atLeast, atMost)
        }
    }

    static func language(
        _ depth: Int, hasBooleans: Bool, _ generator: inout SeededGenerator
    ) -> RegularLanguage {
        func inner(_ generator: inout SeededGenerator) -> RegularLanguage {
            language(depth - 1, hasBooleans: hasBooleans, &generator)
        }
        switch Int.random(in: depth == 0 ? 0...5 : 0...(hasBooleans ? 12 : 10), using: &generator) {
        case 0, 1, 2: return .literal(text(&generator, longest: 2))
        case 3: return .bytes(ByteSet(0x61...UInt8.random(in: 0x61...0x63, using: &generator)))
        case 4: return .scalars(ScalarSet([0x62...0x63, 0xE0...0xF0]))
        case 5: return Int.random(in: 0..<8, using: &generator) == 0 ? .nothing : .literal("c")
        case 6, 7: return .sequence((0..<Int.random(in: 0...3, using: &generator)).map { _ in inner(&generator) })
        case 8, 9: return .choice((0..<Int.random(in: 1...3, using: &generator)).map { _ in inner(&generator) })
        case 10:
            let (atLeast, atMost) = counts(&generator)
            return .repetition(inner(&generator), atLeast: atLeast, atMost: atMost)
        case 11: return .complement(inner(&generator))
        default: return .intersection([inner(&generator), inner(&generator)])
        }
    }

    private static func counts(_ generator: inout SeededGenerator) -> (Int, Int?) {
        let atLeast = Int.random(in: 0...2, using: &generator)
        let more = Int.random(in: -1...3, using: &generator)
        return (atLeast, more < 0 ? nil : atLeast + more)
    }
}

import Constraints

/// Says what a text is by trying everything: the truth for constraints that do not begin with themselves.
final class NaiveRecogniser {
    private struct Place: Hashable {
        var rule: Int
        var start: Int
    }

    private let grammar: SampleGrammar
    private let text: [UInt8]
    private var known: [Place: Set<Int>] = [:]

    private init(grammar: SampleGrammar, text: [UInt8]) {
        self.grammar = grammar
        self.text = text
    }

    static func matches(_ grammar: SampleGrammar, _ text: [UInt8]) -> Bool {
        NaiveRecogniser(grammar: grammar, text: text).ends(of: grammar.root, from: 0).contains(text.count)
    }

    private func ends(of expression: SampleGrammar.Expression, from start: Int) -> Set<Int> {
        switch expression {
        case .regular(let language): return ends(of: language, from: start)
        case .rule(let index):
            let place = Place(rule: index, start: start)
            if let ends = known[place] { return ends }
            let ends = ends(of: grammar.rules[index], from: start)
            known[place] = ends
            return ends
        case .sequence(let parts): return sequence(parts, from: start, ends)
        case .choice(let parts):
            return parts.reduce(into: []) { $0.formUnion(ends(of: $1, from: start)) }
        case .repetition(let part, let atLeast, let atMost):
            return repetition(part, atLeast, atMost, from: start, ends)
        }
    }

    private func ends(of language: RegularLanguage, from start: Int) -> Set<Int> {
        let places = start...text.count
        switch language {
        case .nothing: return []
        case .bytes(let set): return start < text.count && set.contains(text[start]) ? [start + 1] : []
        case .literal(let literal): return text[start...].starts(with: literal) ? [start + literal.count] : []
        case .scalars(let set):
            return Set(
                places.filter { end in
                    let bytes = text[start..<end]
                    guard let text = String(validating: bytes, as: UTF8.self), text.unicodeScalars.count == 1 else {
                        return false
                    }
                    return text.unicodeScalars.allSatisfy { set.contains($0.value) }
                })
        case .sequence(let parts): return sequence(parts, from: start, ends)
        case .choice(let parts):
            return parts.reduce(into: []) { $0.formUnion(ends(of: $1, from: start)) }
        case .repetition(let part, let atLeast, let atMost):
            return repetition(part, atLeast, atMost, from: start, ends)
        case .intersection(let parts):
            return parts.reduce(into: Set(places)) { $0.formIntersection(ends(of: $1, from: start)) }
        case .multiples(let divisor):
            return Set(
                places.filter { end in
                    let digits = text[start..<end].filter { $0 != 0x2E }
                    guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return false }
                    return digits.reduce(0) { ($0 * 10 + Int($1) - 0x30) % divisor } == 0
                })
        case .complement(let part): return Set(places).subtracting(ends(of: part, from: start))
        }
    }

    private func sequence<Part>(_ parts: [Part], from start: Int, _ ends: (Part, Int) -> Set<Int>) -> Set<Int> {
        parts.reduce(into: [start]) { starts, part in
            starts = starts.reduce(into: []) { $0.formUnion(ends(part, $1)) }
        }
    }

    private func repetition<Part>(
        _ part: Part, _ atLeast: Int, _ atMost: Int?, from start: Int, _ ends: (Part, Int) -> Set<Int>
    ) -> Set<Int> {
        // More repetitions than bytes, each of which may be empty, change nothing.
        let least = min(atLeast, text.count + 1)
        let most = min(atMost ?? .max, least + text.count + 1)
        if let atMost, atMost < atLeast { return [] }
        var starts: Set<Int> = [start]
        var result: Set<Int> = least == 0 ? [start] : []
        for count in stride(from: 1, through: most, by: 1) {
            starts = starts.reduce(into: []) { $0.formUnion(ends(part, $1)) }
            if starts.isEmpty { break }
            if count >= least { result.formUnion(starts) }
        }
        return result
    }
}

import Constraints
import JSON
import TestSupport
import Testing

/// Random languages, and what Python's `re` says of texts.
@Suite struct RegularVectorTests {
    private struct Damaged: Error {}

    private func language(_ value: JSONValue) throws -> RegularLanguage {
        let parts = try #require(value.arrayValue)
        func part(_ index: Int) throws -> RegularLanguage { try language(#require(value[index])) }
        func rest() throws -> [RegularLanguage] { try parts.dropFirst().map(language) }
        switch parts.first?.stringValue {
        case "literal": return .literal(try #require(value[1]?.stringValue))
        case "set":
            let (first, last) = (try #require(value[1]?.intValue), try #require(value[2]?.intValue))
            return .scalars(ScalarSet([UInt32(first)...UInt32(last)]))
        case "sequence": return .sequence(try rest())
        case "choice": return .choice(try rest())
        case "repetition":
            return .repetition(try part(1), atLeast: try #require(value[2]?.intValue), atMost: value[3]?.intValue)
        case "and": return .intersection(try rest())
        case "not": return .complement(try part(1))
        default: throw Damaged()
        }
    }

    @Test func textsMatchAsInPython() throws {
        let file = Array(try Vectors.data("regular/languages.json"))
        let cases = try #require(try JSONParser.parse(file).arrayValue)
        #expect(cases.count == 300)
        for value in cases {
            let constraint = try Constraint(language(#require(value["language"])))
            for text in value["matches"]?.arrayValue ?? [] {
                #expect(try constraint.matches(#require(text.stringValue).utf8), "\(value)")
            }
            for text in value["refuses"]?.arrayValue ?? [] {
                #expect(try !constraint.matches(#require(text.stringValue).utf8), "\(value)")
            }
        }
    }
}

import Constraints
import JSON
import TestSupport
import Testing

/// Held against jsonschema, which made the vectors.
@Suite(.computing) struct SchemaVectorTests {
    static let cases: [JSONValue] = {
        let bytes = try? [UInt8](Vectors.data("schemas/cases.json"))
        return (try? JSONParser.parse(bytes ?? []))?.arrayValue ?? []
    }()

    @Test func thereAreMany() { #expect(Self.cases.count > 150) }

    @Test(arguments: 0..<16) func textsAreAllowedAsTheirValuesMatch(part: Int) throws {
        for (index, vector) in Self.cases.enumerated() where index % 16 == part {
            let schema = vector["schema"] ?? .null
            let constraint = try Constraint(Grammar(jsonSchema: schema))
            let name = JSONWriter().text(of: schema).prefix(300)
            for text in vector["valid"]?.arrayValue ?? [] {
                let isAllowed = try constraint.matches((text.stringValue ?? "").utf8)
                #expect(isAllowed, "\(text) for \(name)")
            }
            for text in vector["invalid"]?.arrayValue ?? [] {
                let isAllowed = try constraint.matches((text.stringValue ?? "").utf8)
                #expect(!isAllowed, "\(text) for \(name)")
            }
        }
    }
}

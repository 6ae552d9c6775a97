import Constraints
import Foundation
import JSON
import TestSupport
import Testing

/// Answers the questions of `Scripts/check-constraints`: a line of JSON each, in a file that the environment names.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["APUS_SCHEMA_QUESTIONS"] != nil))
struct SchemaQuestionTests {
    @Test func questionsAreAnswered() throws {
        let environment = ProcessInfo.processInfo.environment
        let source = URL(filePath: try #require(environment["APUS_SCHEMA_QUESTIONS"]))
        let target = URL(filePath: try #require(environment["APUS_SCHEMA_ANSWERS"]))
        var answers: [UInt8] = []
        for (index, line) in try Data(contentsOf: source).split(separator: 0x0A).enumerated() {
            let question = try JSONParser.parse(Array(line))
            JSONWriter().append(try answer(question, seed: UInt64(index)), to: &answers)
            answers.append(0x0A)
        }
        try Data(answers).write(to: target)
    }

    private func answer(_ question: JSONValue, seed: UInt64) throws -> JSONValue {
        let constraint: Constraint
        do {
            if let regex = question["regex"]?.stringValue {
                constraint = try Constraint(RegularLanguage(regex: regex, matching: .anywhere))
            } else {
                constraint = try Constraint(Grammar(jsonSchema: question["schema"] ?? .null))
            }
        } catch {
            return ["error": .string("\(error)")]
        }
        let checks: [JSONValue] = try (question["check"]?.arrayValue ?? []).map { text in
            .bool(try constraint.matches((text.stringValue ?? "").utf8))
        }
        var walk = RandomText(generator: SeededGenerator(seed: seed))
        var samples: [JSONValue] = []
        for _ in 0..<(question["samples"]?.intValue ?? 0) {
            if let text = try walk.next(constraint) { samples.append(.string(String(decoding: text, as: UTF8.self))) }
        }
        return ["check": .array(checks), "samples": .array(samples)]
    }
}

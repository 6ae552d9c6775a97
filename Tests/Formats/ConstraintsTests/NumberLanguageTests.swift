import Constraints
import JSON
import TestSupport
import Testing

@Suite struct NumberLanguageTests {
    private func constraint(_ schema: JSONValue) throws -> Constraint { try Constraint(Grammar(jsonSchema: schema)) }

    @Test func boundsOfIntegersAreExact() throws {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<40 {
            let low = Int.random(in: -1200...1200, using: &generator)
            let high = low + Int.random(in: 0...1500, using: &generator)
            let constraint = try constraint(["type": "integer", "minimum": .integer(low), "maximum": .integer(high)])
            for number in stride(from: -3000, through: 3000, by: 7) {
                #expect(try constraint.matches("\(number)".utf8) == (low...high).contains(number))
            }
            for number in [low - 1, low, high, high + 1] {
                #expect(try constraint.matches("\(number)".utf8) == (low...high).contains(number))
            }
        }
    }

    @Test func boundsOfNumbersAreExact() throws {
        var generator = SeededGenerator(seed: 2)
        for index in 0..<40 {
            let low = Int.random(in: -3000...3000, using: &generator)
            let high = low + Int.random(in: 1...2000, using: &generator)
            let isExclusive = index.isMultiple(of: 2)
            let constraint = try constraint([
                "type": "number", isExclusive ? "exclusiveMinimum" : "minimum": .number(Double(low) / 100),
                isExclusive ? "exclusiveMaximum" : "maximum": .number(Double(high) / 100),
            ])
            for number in Array(low - 30...low + 30) + Array(high - 30...high + 30) {
                let isAllowed = isExclusive ? number > low && number < high : number >= low && number <= high
                let sign = number < 0 ? "-" : ""
                let cents = "\(number.magnitude % 100 + 100)".dropFirst()
                let text = "\(sign)\(number.magnitude / 100).\(cents)"
                #expect(try constraint.matches(text.utf8) == isAllowed, "\(text) \(low) \(high)")
                #expect(try constraint.matches((text + "00").utf8) == isAllowed, "\(text) \(low) \(high)")
            }
        }
    }

    @Test(arguments: [1, 2, 3, 5, 7, 10, 12, 60, 97, 100, 250, 1000])
    func multiplesAreExact(divisor: Int) throws {
        let any = try constraint(["type": "integer", "multipleOf": .integer(divisor)])
        let bounded = try constraint([
            "type": "integer", "multipleOf": .integer(divisor), "minimum": -100, "maximum": 1_000_000,
        ])
        for number in Array(-300...300) + [999 * divisor, 1000 * divisor, 12345 * divisor, 12345 * divisor + 1] {
            let isMultiple = number % divisor == 0
            #expect(try any.matches("\(number)".utf8) == isMultiple, "\(number)")
            let isInside = (-100...1_000_000).contains(number)
            #expect(try bounded.matches("\(number)".utf8) == (isMultiple && isInside), "\(number)")
        }
    }

    @Test func multiplesOfFractionsAreExact() throws {
        let cents = try constraint(["type": "number", "multipleOf": 0.01])
        for text in ["0", "1", "0.1", "0.07", "-12.34", "99.990"] {
            #expect(try cents.matches(text.utf8) == (text != "99.990"))
        }
        for text in ["0.001", "1.234", "1e-3"] { #expect(try !cents.matches(text.utf8)) }
        let odd = try constraint(["type": "number", "multipleOf": 0.15, "minimum": 0])
        for number in 0...400 {
            let text = "\(number / 100).\("\(number % 100 + 100)".dropFirst())"
            #expect(try odd.matches(text.utf8) == (number % 15 == 0), "\(text)")
        }
    }

    @Test func numbersThatOthersExcludeAreLeftOut() throws {
        let constraint = try constraint([
            "oneOf": [["type": "integer", "minimum": 0], ["type": "number", "maximum": 10]]
        ])
        for text in ["-3", "-0.5", "9.5", "11", "1234"] { #expect(try constraint.matches(text.utf8), "\(text)") }
        for text in ["0", "10", "10.0", "9.0", "5", "10.5"] { #expect(try !constraint.matches(text.utf8), "\(text)") }
    }
}

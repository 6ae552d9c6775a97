import Constraints
import TestSupport
import Testing
import Tokenization

/// The limits of a server are those of the tests here; other suites take smaller ones.
@Suite(.computing) struct HostileSourceTests {
    private static let limits = ConstraintLimits()

    @Test func thereAreManyOfThem() { #expect(HostileSource.all.count >= 40) }

    @Test(arguments: HostileSource.all.indices) func eachIsRefusedOrCompiledAsListed(index: Int) {
        let hostile = HostileSource.all[index]
        let outcome: HostileSource.Outcome
        var text = ""
        do {
            let constraint = try Self.compile(hostile)
            #expect(constraint.tableBytes <= Self.limits.tableBytes)
            outcome = .compiled
        } catch {
            text = "\(error)"
            #expect(text.utf8.count < 500)
            if case .refused(let part) = hostile.outcome, text.contains(part) {
                outcome = hostile.outcome
            } else {
                outcome = .refused(text)
            }
        }
        #expect(outcome == hostile.outcome, "\(hostile.name)")
    }

    private static func compile(_ hostile: HostileSource) throws -> Constraint {
        switch hostile.form {
        case .schema: try Constraint(Grammar(jsonSchemaText: Array(hostile.source.utf8)))
        case .regex: try Constraint(RegularLanguage(regex: hostile.source, matching: .wholeText, limits: limits))
        case .grammar: try Constraint(Grammar(gbnf: hostile.source, limits: limits))
        }
    }

    @Test func fullTablesStartAnew() throws {
        var limits = ConstraintLimits()
        limits.tableBytes = 1 << 16
        let count = 20_000
        let constraint = try Constraint(
            .repetition(.literal("a"), atLeast: count, atMost: count), limits: limits)
        let tokens = try TokenTrie(Vocabulary(tokens: ["<end>", "a", "b"], endOfGeneration: [0]))
        var matcher = ConstraintMatcher(constraint, tokens: tokens)
        let other = matcher
        // The whole text needs more than there is; a part of it fits, again and again, until a part does not.
        for _ in 0..<100 { try matcher.accept(1) }
        var second = other
        try second.accept(1)
        #expect(try matcher.mask().only == 1)
        #expect(constraint.tableBytes <= limits.tableBytes)
    }
}

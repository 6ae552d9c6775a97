import Constraints
import Testing

@Suite struct ConstraintCacheTests {
    @Test func aSourceIsCompiledOnce() throws {
        let cache = ConstraintCache<String>(count: 2)
        var compiled: [String] = []
        for source in ["a", "b", "a", "c", "a", "b"] {
            let constraint = try cache.constraint(for: source) { source, _ in
                compiled.append(source)
                return Grammar(root: .literal(source))
            }
            #expect(try constraint.matches(source.utf8))
        }
        // "c" took the place of "b".
        #expect(compiled == ["a", "b", "c", "b"])
        #expect(cache.count == 2)
    }

    @Test func failuresAreNotKept() throws {
        let cache = ConstraintCache<String>()
        #expect(throws: ConstraintError.undefinedRule("root")) {
            try cache.constraint(for: "") { source, limits throws(ConstraintError) in
                try Grammar(gbnf: source, limits: limits)
            }
        }
        #expect(cache.count == 0)
    }

    @Test func whatHasGrownIsCompiledAnew() throws {
        var limits = ConstraintLimits()
        limits.tableBytes = 1 << 16
        let cache = ConstraintCache<Int>(limits: limits)
        let compile = { (count: Int, _: ConstraintLimits) throws(ConstraintError) -> Grammar in
            Grammar(root: .regular(.repetition(.literal("a"), atLeast: count, atMost: count)))
        }
        let first = try cache.constraint(for: 100_000, compile: compile)
        #expect(try cache.constraint(for: 100_000, compile: compile) === first)
        #expect(throws: ConstraintError.tooLarge(.memory, limit: limits.tableBytes)) {
            try first.matches(Array(repeating: 0x61, count: 10_000))
        }
        let second = try cache.constraint(for: 100_000, compile: compile)
        #expect(second !== first)
        #expect(try second.probe(Array(repeating: 0x61, count: 100)).stop == nil)
    }
}

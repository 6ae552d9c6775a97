import Inference
import Sampling
import Testing

@Suite("Drafts are as long as they pay, and none where they do not")
struct DraftControllerTests {
    /// Lets a controller decide 400 times; `accepts` tells how many tokens of a draft are right.
    private func run(
        _ controller: inout DraftController, _ kind: DraftController.Kind = .match, rowCost: Double,
        tokens: Double = 1, accepts: (Int) -> Int
    ) -> (lengths: [Int], tokens: Int, time: Double) {
        var lengths: [Int] = []
        var (given, time) = (0, 0.0)
        for _ in 0..<400 {
            let choice = controller.choose(kind, limit: 15, tokens: tokens) { 1 + rowCost * Double($0) }
            let length = choice?.length ?? 0
            let accepted = min(accepts(length), length)
            if length > 0 { controller.observe(kind, drafted: length, accepted: accepted) }
            lengths.append(length)
            given += 1 + accepted
            time += 1 + rowCost * Double(length)
        }
        return (lengths, given, time)
    }

    @Test("right guesses make drafts long", arguments: DraftController.Kind.allCases)
    func right(kind: DraftController.Kind) {
        var controller = DraftController()
        let result = run(&controller, kind, rowCost: 0.1) { $0 }
        #expect(result.lengths.suffix(100).allSatisfy { $0 == 15 })
        #expect(Double(result.tokens) / result.time > 5)
    }

    @Test("wrong guesses end them, but for a trial now and then", arguments: DraftController.Kind.allCases)
    func wrong(kind: DraftController.Kind) {
        var controller = DraftController()
        let result = run(&controller, kind, rowCost: 0.2) { _ in 0 }
        let trials = result.lengths.suffix(300).count { $0 > 0 }
        #expect((1...8).contains(trials))
        #expect(result.lengths.suffix(300).allSatisfy { $0 <= 2 })
        #expect(result.time < 410)
    }

    @Test("what pays again is found again")
    func recovery() {
        var controller = DraftController()
        _ = run(&controller, rowCost: 0.2) { _ in 0 }
        let later = run(&controller, rowCost: 0.2) { $0 }
        #expect(later.lengths.suffix(100).allSatisfy { $0 >= 8 })
    }

    @Test("where rows are lost with a refused draft, drafts are chosen for that, and are worth more for it")
    func losses() {
        /// Tokens by time; each refused draft makes the next step longer by the rows that it lost.
        func speed(knowing: Bool) -> (speed: Double, meanLength: Double) {
            var controller = DraftController()
            let right = [0, 2, 5, 1, 0, 3, 0]
            var (given, time, lengths) = (0, 0.0, 0)
            for step in 0..<1_000 {
                let choice = controller.choose(
                    .match, limit: 15, costOfLostRows: knowing ? { 0.2 * Double($0) } : nil
                ) { 1 + 0.2 * Double($0) }
                let length = choice?.length ?? 0
                let accepted = min(right[step % right.count], length)
                if length > 0 { controller.observe(.match, drafted: length, accepted: accepted) }
                given += 1 + accepted
                lengths += length
                time += 1 + 0.2 * Double(length + (accepted < length ? accepted + 1 : 0))
            }
            return (Double(given) / time, Double(lengths) / 1_000)
        }
        let (knowing, unknowing) = (speed(knowing: true), speed(knowing: false))
        #expect(knowing.meanLength < unknowing.meanLength)
        #expect(knowing.speed >= unknowing.speed)
        #expect(knowing.speed > 0.97)
    }

    @Test("where a row costs as much as a step, only sure guesses are made")
    func costly() {
        var controller = DraftController()
        let result = run(&controller, rowCost: 1) { min($0, 1) }
        #expect(result.lengths.suffix(200).count { $0 > 0 } < 10)
    }

    @Test("one right token at a time makes short drafts")
    func short() {
        var controller = DraftController()
        let result = run(&controller, rowCost: 0.1) { min($0, 1) }
        #expect(result.lengths.suffix(100).allSatisfy { (1...2).contains($0) })
    }

    @Test("beside many other sequences a draft gains little, and rows must be almost free")
    func crowd() {
        var controller = DraftController()
        let costly = run(&controller, rowCost: 0.1, tokens: 16) { $0 }
        #expect(costly.lengths.suffix(300).count { $0 > 0 } < 40)
        let free = run(&controller, rowCost: 0.001, tokens: 16) { $0 }
        #expect(free.lengths.suffix(100).allSatisfy { $0 == 15 })
    }

    @Test("random verdicts of any rate never make it slower by more than some percent", arguments: 0..<20)
    func never(seed: Int) {
        var random = RandomSource(seed: UInt64(seed))
        let rate = random.nextUnit()
        let rowCost = random.nextUnit() * 0.6
        var controller = DraftController()
        let result = run(&controller, rowCost: rowCost) { length in
            (0..<length).prefix { _ in random.nextUnit() < rate }.count
        }
        #expect(Double(result.tokens) / result.time > 0.95, "rate \(rate), cost of a row \(rowCost)")
    }
}

@Suite("The cost of more rows is learned from steps")
struct StepCostsTests {
    @Test("nothing is known before a step; then more rows are expected to cost a little")
    func first() throws {
        var costs = StepCosts()
        #expect(costs.seconds(1) == nil)
        costs.observe(rows: 1, duration: .milliseconds(10))
        #expect(costs.seconds(1) == 0.01)
        let four = try #require(costs.seconds(4))
        #expect(four > 0.01 && four < 0.02)
    }

    @Test("between measurements lies a line")
    func line() throws {
        var costs = StepCosts()
        costs.observe(rows: 1, duration: .milliseconds(10))
        costs.observe(rows: 5, duration: .milliseconds(18))
        #expect(abs(try #require(costs.seconds(3)) - 0.014) < 1e-9)
    }

    @Test("a slow first step does not make drafts look cheap for ever")
    func slowStart() throws {
        var costs = StepCosts()
        costs.observe(rows: 1, duration: .milliseconds(500))
        costs.observe(rows: 6, duration: .milliseconds(20))
        #expect(try #require(costs.seconds(1)) <= 0.02)
    }

    @Test("estimates follow what lasts")
    func drift() throws {
        var costs = StepCosts()
        costs.observe(rows: 1, duration: .milliseconds(10))
        costs.observe(rows: 4, duration: .milliseconds(12))
        for _ in 0..<60 { costs.observe(rows: 4, duration: .milliseconds(24)) }
        #expect(abs(try #require(costs.seconds(4)) - 0.024) < 0.001)
        // One row was not measured anew, but does not stay what it was.
        #expect(try #require(costs.seconds(1)) > 0.011)
    }

    @Test("old measurements are forgotten, odd ones ignored")
    func memory() throws {
        var costs = StepCosts()
        costs.observe(rows: 0, duration: .seconds(1))
        costs.observe(rows: 1_000, duration: .seconds(1))
        costs.observe(rows: 3, duration: .zero)
        #expect(costs.seconds(1) == nil)
        costs.observe(rows: 8, duration: .seconds(5))
        for _ in 0..<600 { costs.observe(rows: 1, duration: .milliseconds(10)) }
        #expect(try #require(costs.seconds(8)) < 0.03)
    }
}

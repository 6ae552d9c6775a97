import Inference
import Testing

@Suite("Steps with prompts are kept about as long as intended")
struct StepPacingTests {
    private func rows(_ pacing: StepPacing, afterSteps count: Int, secondsARow: Double) -> Int {
        var pacing = pacing
        for _ in 0..<count {
            let rows = pacing.promptRows
            pacing.observe(rows: rows, duration: .seconds(Double(rows) * secondsARow))
        }
        return pacing.promptRows
    }

    private let pacing = StepPacing(target: .milliseconds(250), maximumRows: 512)

    @Test("a fast machine gets whole batches, a slow one the least that is worth a step")
    func speeds() {
        #expect(pacing.promptRows == 128)
        #expect(rows(pacing, afterSteps: 10, secondsARow: 0.0001) == 512)
        #expect(rows(pacing, afterSteps: 10, secondsARow: 0.002) == 128)
        #expect(rows(pacing, afterSteps: 10, secondsARow: 1) == 32)
    }

    @Test("short prompts say nothing about longer ones, and steps without prompts nothing at all")
    func smallSteps() {
        var pacing = pacing
        pacing.observe(rows: 5, duration: .milliseconds(1))
        pacing.observe(rows: 0, duration: .seconds(9))
        #expect(pacing.promptRows == 128)
    }

    @Test("a small batch is never exceeded")
    func smallBatch() {
        let pacing = StepPacing(target: .milliseconds(250), maximumRows: 8)
        #expect(rows(pacing, afterSteps: 5, secondsARow: 0.0001) == 8)
        #expect(rows(pacing, afterSteps: 5, secondsARow: 1) == 8)
    }
}

import CKernels
import Compute

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A batch's choice of experts. A pair is a row and one of its experts; pairs are sorted by expert, so that each expert
/// multiplies consecutive columns.
struct RoutingMemory: @unchecked Sendable {
    let rule: RoutingRule
    /// The expert and the share of pair `row * usedCount + choice`.
    let experts: UnsafeMutablePointer<Int32>
    let shares: UnsafeMutablePointer<Float>
    /// Where in the sorted order the pair lies.
    let places: UnsafeMutablePointer<Int32>
    /// Expert e has places `starts[e] ..< starts[e + 1]`.
    let starts: UnsafeMutablePointer<Int32>
    /// The experts that were chosen at all, and before them their number.
    private let chosen: UnsafeMutablePointer<Int32>

    init(_ rule: RoutingRule, rows: Int, _ memory: BufferMemory) throws(ComputeError) {
        self.rule = rule
        let purpose = "the choice of experts"
        func integers(_ count: Int) throws(ComputeError) -> UnsafeMutablePointer<Int32> {
            try memory.allocate(count, of: MemoryLayout<Int32>.stride, for: purpose).assumingMemoryBound(to: Int32.self)
        }
        let pairs = try rows.times(rule.usedCount, for: purpose)
        experts = try integers(pairs)
        places = try integers(pairs)
        shares = try memory.floats(pairs, for: purpose)
        starts = try integers(rule.expertCount + 1)
        chosen = try integers(rule.expertCount + 1)
    }

    var chosenCount: Int { Int(chosen[0]) }
    func chosenExpert(_ index: Int) -> Int { Int(chosen[index + 1]) }
    func places(of expert: Int) -> Range<Int> { Int(starts[expert])..<Int(starts[expert + 1]) }

    /// Chooses the best scores of `row`; `scores` is used up.
    func choose(row: Int, _ scores: UnsafeMutablePointer<Float>) {
        let count = rule.expertCount
        let best = (0..<count).reduce(-Float.infinity) { max($0, scores[$1]) }
        var total: Float = 0
        for expert in 0..<count { total += exp(scores[expert] - best) }
        var chosenTotal: Float = 0
        for choice in row * rule.usedCount..<(row + 1) * rule.usedCount {
            var expert = -1
            for candidate in 0..<count where !isTaken(candidate, row: row, before: choice) {
                if expert < 0 || scores[candidate] > scores[expert] { expert = candidate }
            }
            experts[choice] = Int32(expert)
            shares[choice] = exp(scores[expert] - best) / total
            chosenTotal += shares[choice]
        }
        guard rule.normalizesShares else { return }
        for choice in row * rule.usedCount..<(row + 1) * rule.usedCount { shares[choice] /= chosenTotal }
    }

    private func isTaken(_ expert: Int, row: Int, before choice: Int) -> Bool {
        (row * rule.usedCount..<choice).contains { experts[$0] == Int32(expert) }
    }

    /// Gives every pair its place. One worker does it.
    func sort(rows: Int) {
        let pairs = rows * rule.usedCount
        starts.update(repeating: 0, count: rule.expertCount + 1)
        for pair in 0..<pairs { starts[Int(experts[pair]) + 1] += 1 }
        var count: Int32 = 0
        for expert in 0..<rule.expertCount {
            if starts[expert + 1] > 0 {
                count += 1
                chosen[Int(count)] = Int32(expert)
            }
            starts[expert + 1] += starts[expert]
        }
        chosen[0] = count
        // `starts[e]` moves up while places are handed out, to the start of e + 1, and is then put back.
        for pair in 0..<pairs {
            let expert = Int(experts[pair])
            places[pair] = starts[expert]
            starts[expert] += 1
        }
        for expert in stride(from: rule.expertCount, to: 0, by: -1) { starts[expert] = starts[expert - 1] }
        starts[0] = 0
    }
}

/// Scores the experts for each row, and chooses.
struct RouteStep: CompiledStep {
    let input: Rows
    let product: MatrixProduct
    let routing: RoutingMemory

    private var activationBytes: Int { product.activation.pointee.bytes(input.width).roundedUpToCacheLine }

    var scratchBytes: Int { activationBytes + routing.rule.expertCount * MemoryLayout<Float>.stride }

    func perform(_ context: StepContext) {
        let rows = context.batch.count(input.set)
        context.worker.share(rows) { row in
            product.activation.pointee.quantize(input.width, input[row], context.scratch)
            let scores = context.scratchFloats(at: activationBytes)
            product.multiply(
                0..<product.outputWidth, columns: 1, context.scratch, activationStride: activationBytes, out: scores,
                outStride: product.outputWidth)
            routing.choose(row: row, scores)
        }
        context.worker.waitForShares()
        context.worker.share(1) { _ in routing.sort(rows: rows) }
    }
}

import CKernels
import Compute
import Workers

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

    /// Chooses experts for `row` by their logits.
    /// - Parameters:
    ///   - scores: the logits, which are used up.
    ///   - merits: room for as many floats.
    ///   - choiceBias: added for the choice only.
    func choose(
        row: Int, _ scores: UnsafeMutablePointer<Float>, _ merits: UnsafeMutablePointer<Float>,
        choiceBias: UnsafePointer<Float>?
    ) {
        let count = rule.expertCount
        // Softmax is left undivided here: only shares need the total.
        var total: Float = 1
        switch rule.score {
        case .softmax:
            let best = (0..<count).reduce(-Float.infinity) { max($0, scores[$1]) }
            total = 0
            for expert in 0..<count {
                merits[expert] = scores[expert]
                scores[expert] = exp(scores[expert] - best)
                total += scores[expert]
            }
        case .sigmoid:
            for expert in 0..<count {
                scores[expert] = 1 / (1 + exp(-scores[expert]))
                merits[expert] = scores[expert]
            }
        case .softmaxOfChosen, .sparseMixer:
            merits.update(from: scores, count: count)
        }
        if choiceBias != nil || rule.groups != nil {
            for expert in 0..<count { merits[expert] = scores[expert] / total + (choiceBias?[expert] ?? 0) }
        }
        if let groups = rule.groups { keepBest(groups, merits) }
        let choices = row * rule.usedCount..<(row + 1) * rule.usedCount
        for choice in choices {
            var expert = 0
            for candidate in 1..<max(count, 1) where merits[candidate] > merits[expert] { expert = candidate }
            experts[choice] = Int32(expert)
            merits[expert] = -.infinity
        }
        makeDistinct(choices)
        fillShares(choices, scores, total)
    }

    /// Where numbers are missing or infinite, the same expert may have been chosen twice: others take its place.
    private func makeDistinct(_ choices: Range<Int>) {
        for choice in choices.dropFirst() {
            var expert = experts[choice]
            while experts[choices.lowerBound..<choice, contains: expert] {
                expert = (expert + 1) % Int32(rule.expertCount)
            }
            experts[choice] = expert
        }
    }

    private func fillShares(_ choices: Range<Int>, _ scores: UnsafeMutablePointer<Float>, _ total: Float) {
        switch rule.score {
        case .softmax, .sigmoid:
            for choice in choices { shares[choice] = scores[Int(experts[choice])] / total }
        case .softmaxOfChosen:
            let best = scores[Int(experts[choices.lowerBound])]
            for choice in choices { shares[choice] = exp(scores[Int(experts[choice])] - best) }
            let sum = choices.reduce(0) { $0 + shares[$1] }
            for choice in choices { shares[choice] /= sum }
        case .sparseMixer(let jitter):
            for choice in choices { shares[choice] = takeSparseShare(of: Int(experts[choice]), scores, jitter) }
        }
        if rule.normalizesShares {
            let chosenTotal = choices.reduce(0) { $0 + shares[$1] }
            for choice in choices { shares[choice] /= chosenTotal }
        }
        if rule.scale != 1 { for choice in choices { shares[choice] *= rule.scale } }
    }

    /// The share of the best expert that is left among those that come near it; then it is taken out.
    private func takeSparseShare(of expert: Int, _ logits: UnsafeMutablePointer<Float>, _ jitter: Float) -> Float {
        let best = logits[expert]
        var sum: Float = 0
        for other in 0..<rule.expertCount
        where (best - logits[other]) / max(abs(logits[other]), best) <= 2 * jitter {
            sum += exp(logits[other] - best)
        }
        logits[expert] = -.infinity
        return 1 / sum
    }

    /// Takes the experts of all but the best groups out of the choice.
    private func keepBest(_ groups: RoutingRule.Groups, _ merits: UnsafeMutablePointer<Float>) {
        let size = rule.expertCount / groups.count
        let quality = (0..<groups.count).map { group in
            (0..<size).map { merits[group * size + $0] }.sorted(by: >).prefix(groups.best).reduce(0, +)
        }
        let order = quality.indices.sorted { (quality[$0], $1) > (quality[$1], $0) }
        for group in order.dropFirst(groups.usedCount) {
            (merits + group * size).update(repeating: -.infinity, count: size)
        }
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
struct RouteStep: CompiledStep, @unchecked Sendable {
    private let input: Rows
    private let product: MatrixProduct
    private let choiceBias: UnsafePointer<Float>?
    private let routing: RoutingMemory

    init(_ step: Route, _ compiler: StepCompiler) throws(ComputeError) {
        input = try compiler.rows(step.input)
        product = try compiler.weights.product(step.router.weight, bias: step.router.bias)
        choiceBias = try compiler.weights.vector(step.choiceBias)
        routing = try compiler.makeMemory(of: step.routing)
    }

    private var activationBytes: Int { product.activation.pointee.bytes(input.width).roundedUpToCacheLine }

    var scratchBytes: Int { activationBytes + 2 * routing.rule.expertCount * MemoryLayout<Float>.stride }

    func perform(_ context: StepContext) {
        let rows = context.batch.count(input.set)
        context.worker.share(rows) { row in
            product.activation.pointee.quantize(input.width, input[row], context.scratch)
            let scores = context.scratchFloats(at: activationBytes)
            product.multiply(
                0..<product.outputWidth, columns: 1, context.scratch, activationStride: activationBytes, out: scores,
                outStride: product.outputWidth)
            routing.choose(row: row, scores, scores + routing.rule.expertCount, choiceBias: choiceBias)
        }
        context.worker.waitForShares()
        context.worker.share(1) { _ in routing.sort(rows: rows) }
    }
}

extension UnsafeMutablePointer where Pointee == Int32 {
    fileprivate subscript(range: Range<Int>, contains number: Int32) -> Bool { range.contains { self[$0] == number } }
}

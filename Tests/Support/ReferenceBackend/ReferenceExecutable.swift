import Compute
import Tensors

typealias Row = [Float]

/// One function a step, over rows that are arrays.
final class ReferenceExecutable: Executable {
    let limits: ExecutionLimits
    let weights: ReferenceWeights
    var cache: ReferenceCache
    private let program: Program
    /// By the value's id.
    private var values: [Int: [Row]] = [:]

    init(_ program: Program, _ weights: ReferenceWeights, _ limits: ExecutionLimits, cachesHalves: Bool) {
        self.program = program
        self.weights = weights
        self.limits = limits
        cache = ReferenceCache(blockTokens: limits.blockTokens, roundsToHalf: cachesHalves)
    }

    var cachePolicies: [CachePolicy] { program.cacheGroups.map(\.policy) }
    var outputWidth: Int { program.outputWidth }
    var outputCount: Int { values[program.outputs[0].id]?.count ?? 0 }

    func run(_ batch: Batch) throws(ComputeError) {
        values = [:]
        for (input, numbers) in zip(program.inputs, batch.inputs) {
            values[input.id] = stride(from: 0, to: numbers.count, by: input.width).map {
                Array(numbers[$0..<$0 + input.width])
            }
        }
        for step in program.steps { perform(step, batch) }
    }

    func output(_ index: Int) -> [Float] { (values[program.outputs[index].id] ?? []).flatMap { $0 } }

    func withOutputs(tasks: Int, _ body: @Sendable (Int, OutputRows) -> Void) {
        let count = outputCount
        var rows = output(0)
        rows.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            for task in 0..<tasks { body(task, OutputRows(base, width: outputWidth, count: count)) }
        }
    }

    func rows(_ value: Value) -> [Row] {
        guard let rows = values[value.id] else { preconditionFailure("value \(value) is read before it is written") }
        return rows
    }

    func set(_ value: Value, _ rows: [Row]) { values[value.id] = rows }

    private func perform(_ step: Step, _ batch: Batch) {
        switch step {
        case .embed(let embed): perform(embed, batch)
        case .normalize(let step):
            let normalized = normalize(rows(step.input), step.normalization)
            set(step.output, step.residual.map { add(rows($0), normalized) } ?? normalized)
        case .linear(let step): perform(step)
        case .headLinear(let step): perform(step)
        case .rotate(let step):
            set(step.output, rotate(rows(step.input), step.rotation, heads: step.heads, batch))
        case .store(let step): perform(step, batch)
        case .attend(let step): perform(step, batch)
        case .apply(let step): set(step.output, rows(step.input).map { $0.map { apply(step.function, $0) } })
        case .gate(let step): set(step.output, gate(rows(step.gate), rows(step.up), step.function))
        case .add(let step): set(step.output, add(rows(step.first), rows(step.second)))
        case .split(let step): perform(step)
        case .join(let step): perform(step)
        case .route(let step): perform(step)
        case .expertLinear(let step): perform(step)
        case .sumExperts(let step): perform(step)
        case .convolve(let step): perform(step, batch)
        case .scan(let step): perform(step, batch)
        case .selectOutputs(let step):
            let rows = rows(step.input)
            set(step.output, batch.outputRows.map { rows[$0] })
        case .pool(let step): perform(step, batch)
        }
    }

    private func perform(_ embed: Embed, _ batch: Batch) {
        let table = weights[embed.table]
        let width = embed.output.width
        func entry(_ number: Int) -> Row { table[number * width..<(number + 1) * width].map { $0 * embed.scale } }
        switch embed.index {
        case .token:
            var result = batch.tokens.map { $0 < 0 ? Row(repeating: 0, count: width) : entry(Int($0)) }
            if let embeddings = batch.embeddings {
                for (index, row) in embeddings.rows.enumerated() {
                    result[row] = Array(embeddings.values[index * width..<(index + 1) * width])
                }
            }
            set(embed.output, result)
        case .position(let offset): set(embed.output, batch.positions.map { entry($0 + offset) })
        case .entry(let number): set(embed.output, batch.tokens.map { _ in entry(number) })
        }
    }

    private func perform(_ pool: Pool, _ batch: Batch) {
        let rows = rows(pool.input)
        set(
            pool.output,
            batch.spans.map { span in
                switch pool.pooling {
                case .first: rows[span.rows.lowerBound]
                case .last: rows[span.rows.upperBound - 1]
                case .mean:
                    rows[span.rows].reduce(Row(repeating: 0, count: pool.input.width), add)
                        .map { $0 / Float(span.rows.count) }
                }
            })
    }
}

extension Batch {
    /// Of each row in its sequence.
    var positions: [Int] {
        spans.flatMap { span in span.rows.indices.map { span.firstPosition + $0 - span.rows.lowerBound } }
    }
}

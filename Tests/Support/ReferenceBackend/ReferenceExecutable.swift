import Compute
import Tensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

typealias Row = [Float]

/// One function a step, over rows that are arrays.
final class ReferenceExecutable: Executable {
    let limits: ExecutionLimits
    var vocabularySize: Int { program.vocabularySize }

    private let program: Program
    private let weights: ReferenceWeights
    private var cache: ReferenceCache
    /// By the value's id.
    private var values: [Int: [Row]] = [:]

    init(_ program: Program, _ weights: ReferenceWeights, _ limits: ExecutionLimits, cachesHalves: Bool) {
        self.program = program
        self.weights = weights
        self.limits = limits
        cache = ReferenceCache(blockTokens: limits.blockTokens, roundsToHalf: cachesHalves)
    }

    func run(_ batch: Batch) throws(ComputeError) {
        values = [:]
        for step in program.steps { perform(step, batch) }
    }

    var outputCount: Int { values[program.logits.id]?.count ?? 0 }

    func withOutputs(tasks: Int, _ body: @Sendable (Int, OutputLogits) -> Void) {
        let count = outputCount
        var logits = (values[program.logits.id] ?? []).flatMap { $0 }
        logits.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            for task in 0..<tasks {
                body(task, OutputLogits(base, vocabularySize: vocabularySize, count: count))
            }
        }
    }

    private func rows(_ value: Value) -> [Row] {
        guard let rows = values[value.id] else { preconditionFailure("value \(value) is read before it is written") }
        return rows
    }

    private func perform(_ step: Step, _ batch: Batch) {
        switch step {
        case .embed(let weight, let into):
            let table = weights[weight]
            values[into.id] = batch.tokens.map { Array(table[Int($0) * into.width..<(Int($0) + 1) * into.width]) }
        case .normalize(let input, let normalization, let into):
            values[into.id] = normalize(rows(input), normalization)
        case .linear(let linear):
            perform(linear)
        case .rotate(let input, let rotation, let heads, let into):
            values[into.id] = rotate(rows(input), rotation, heads: heads, batch)
        case .attend(let attention):
            attend(attention, batch)
        case .gate(let gate, let up, let activation, let into):
            values[into.id] = zip(rows(gate), rows(up)).map { self.gate($0, $1, activation) }
        case .add(let first, let second, let into):
            values[into.id] = zip(rows(first), rows(second)).map(add)
        case .route(let input, let weight, let routing):
            values[routing.value.id] = rows(input).map { route(multiply(weights[weight], $0), routing.rule) }
        case .expertLinear(let linear):
            perform(linear)
        case .sumExperts(let sum):
            perform(sum)
        case .selectOutputs(let input, let into):
            values[into.id] = batch.outputRows.map { rows(input)[$0] }
        }
    }

    // MARK: Steps

    private func normalize(_ rows: [Row], _ normalization: Normalization) -> [Row] {
        let weight = weights[normalization.weight]
        return rows.map { row in
            let meanSquare = row.reduce(0) { $0 + Double($1) * Double($1) } / Double(row.count)
            let scale = Float(1 / (meanSquare + Double(normalization.epsilon)).squareRoot())
            return zip(row, weight).map { $0 * scale * $1 }
        }
    }

    private func perform(_ linear: Linear) {
        var input = rows(linear.input)
        if let normalization = linear.normalization { input = normalize(input, normalization) }
        let products = linear.projections.map { projection in
            input.map { row in
                let product = multiply(weights[projection.weight], row)
                return projection.bias.map { add(product, weights[$0]) } ?? product
            }
        }
        store(products, linear.outputs)
        if let residual = linear.residual, let output = linear.outputs.values.first {
            values[output.id] = zip(rows(residual), rows(output)).map(add)
        }
    }

    private func store(_ products: [[Row]], _ outputs: LinearOutputs) {
        switch outputs {
        case .separate(let outputs):
            for (output, product) in zip(outputs, products) { values[output.id] = product }
        case .gated(let activation, let output):
            values[output.id] = zip(products[0], products[1]).map { gate($0, $1, activation) }
        }
    }

    private func rotate(_ rows: [Row], _ rotation: Rotation, heads: Int, _ batch: Batch) -> [Row] {
        let pairs = rotation.frequencies.count
        let step = rotation.isInterleaved ? 2 : 1
        let distance = rotation.isInterleaved ? 1 : pairs
        return zip(rows, batch.positions).map { row, position in
            var result = row
            for start in stride(from: 0, to: row.count, by: row.count / heads) {
                for pair in 0..<pairs {
                    let angle = Double(position) * Double(rotation.frequencies[pair])
                    let (first, second) = (start + pair * step, start + pair * step + distance)
                    let (cosine, sine) = (Float(cos(angle)), Float(sin(angle)))
                    result[first] = (row[first] * cosine - row[second] * sine) * rotation.magnitude
                    result[second] = (row[first] * sine + row[second] * cosine) * rotation.magnitude
                }
            }
            return result
        }
    }

    private func attend(_ attention: Attention, _ batch: Batch) {
        let layer = attention.layer
        var queries = rows(attention.query)
        var keys = rows(attention.key)
        if let rotation = attention.rotation {
            queries = rotate(queries, rotation, heads: layer.heads, batch)
            keys = rotate(keys, rotation, heads: layer.kvHeads, batch)
        }
        let keyed = rows(attention.value)
        for span in batch.spans {
            for row in span.rows {
                cache.store(
                    layer: layer.index, position: span.firstPosition + row - span.rows.lowerBound, span.blocks,
                    key: keys[row], value: keyed[row])
            }
        }
        var output = queries
        for span in batch.spans {
            for row in span.rows {
                let position = span.firstPosition + row - span.rows.lowerBound
                output[row] = attend(queries[row], layer, position: position, span.blocks)
            }
        }
        values[attention.output.id] = output
    }

    private func attend(_ query: Row, _ layer: AttentionLayer, position: Int, _ blocks: [BlockID]) -> Row {
        let first = layer.window.map { max(0, position + 1 - $0) } ?? 0
        let entries = (first...position).map { cache.entry(layer: layer.index, position: $0, blocks) }
        let width = layer.headWidth
        var output: Row = []
        for head in 0..<layer.heads {
            let keyStart = head / (layer.heads / layer.kvHeads) * width
            let scores = entries.map { entry in
                (0..<width).reduce(Float(0)) { $0 + query[head * width + $1] * entry.key[keyStart + $1] } * layer.scale
            }
            let shares = softmax(scores)
            output += (0..<width).map { element in
                zip(shares, entries).reduce(Float(0)) { $0 + $1.0 * $1.1.value[keyStart + element] }
            }
        }
        return output
    }

    /// The numbers of the chosen experts, then their shares.
    private func route(_ scores: Row, _ rule: RoutingRule) -> Row {
        let shares = softmax(scores)
        let order = scores.indices.sorted { (scores[$0], $1) > (scores[$1], $0) }.prefix(rule.usedCount)
        let total = rule.normalizesShares ? order.reduce(0) { $0 + shares[$1] } : 1
        return order.map { Float($0) } + order.map { shares[$0] / total }
    }

    private func perform(_ linear: ExpertLinear) {
        let used = linear.routing.rule.usedCount
        let choices = rows(linear.routing.value)
        let products = linear.weights.map { weight in
            let experts = weights[weight]
            let (inputWidth, outputWidth) = (weight.shape.dimensions[0], weight.shape.dimensions[1])
            return zip(rows(linear.input), choices).map { row, choice in
                (0..<used).flatMap { part in
                    let start = Int(choice[part]) * inputWidth * outputWidth
                    let matrix = Array(experts[start..<start + inputWidth * outputWidth])
                    let input = linear.inputIsPerExpert ? Array(row[part * inputWidth..<(part + 1) * inputWidth]) : row
                    return multiply(matrix, input)
                }
            }
        }
        store(products, linear.outputs)
    }

    private func perform(_ sum: ExpertSum) {
        let used = sum.routing.rule.usedCount
        let width = sum.output.width
        let sums = zip(rows(sum.input), rows(sum.routing.value)).map { row, choice in
            (0..<width).map { element in
                (0..<used).reduce(Float(0)) { $0 + choice[used + $1] * row[$1 * width + element] }
            }
        }
        values[sum.output.id] = sum.residual.map { zip(rows($0), sums).map(add) } ?? sums
    }

    // MARK: Arithmetic

    private func multiply(_ matrix: [Float], _ row: Row) -> Row {
        matrix.withUnsafeBufferPointer { matrix in
            row.withUnsafeBufferPointer { row in
                (0..<matrix.count / row.count).map { output in
                    var sum: Float = 0
                    let start = output * row.count
                    for index in 0..<row.count { sum += matrix[start + index] * row[index] }
                    return sum
                }
            }
        }
    }

    private func add(_ first: Row, _ second: Row) -> Row { zip(first, second).map(+) }

    private func gate(_ gate: Row, _ up: Row, _ activation: Activation) -> Row {
        switch activation {
        case .silu: zip(gate, up).map { $0 / (1 + exp(-$0)) * $1 }
        }
    }

    private func softmax(_ scores: Row) -> Row {
        let best = scores.max() ?? 0
        let weights = scores.map { exp($0 - best) }
        let total = weights.reduce(0, +)
        return weights.map { $0 / total }
    }
}

extension Batch {
    /// Of each row in its sequence.
    fileprivate var positions: [Int] {
        spans.flatMap { span in span.rows.indices.map { span.firstPosition + $0 - span.rows.lowerBound } }
    }
}

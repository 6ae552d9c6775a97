import Tensors

/// What a step must move and compute for a batch, however a backend does it.
package struct StepCost: Hashable, Sendable {
    /// Bytes of weights, each read once.
    package var weightBytes = 0
    /// Elements of keys and values in the cache that are read, each once for all rows of a sequence.
    package var cacheElements = 0
    package var multiplyAdds = 0

    package init() {}

    package static func + (first: StepCost, second: StepCost) -> StepCost {
        var sum = first
        sum.weightBytes += second.weightBytes
        sum.cacheElements += second.cacheElements
        sum.multiplyAdds += second.multiplyAdds
        return sum
    }
}

extension Program {
    /// The cost of all steps.
    package func cost(of batch: Batch) -> StepCost {
        steps.reduce(StepCost()) { $0 + $1.cost(of: batch) }
    }
}

extension Step {
    package func cost(of batch: Batch) -> StepCost {
        var cost = StepCost()
        switch self {
        case .embed(let weight, let output):
            cost.weightBytes = weight.byteCount / max(1, weight.shape.rowCount) * batch.count(output.rows)
        case .normalize(let input, let normalization, _):
            cost = normalization.cost(rows: batch.count(input.rows))
        case .linear(let linear):
            let rows = batch.count(linear.input.rows)
            cost = linear.normalization?.cost(rows: rows) ?? cost
            for projection in linear.projections {
                cost.addProduct(projection.weight, rows: rows)
                if rows > 0, let bias = projection.bias { cost.weightBytes += bias.byteCount }
            }
        case .attend(let attention):
            cost = attention.layer.cost(of: batch)
        case .route(let input, let weight, _):
            cost.addProduct(weight, rows: batch.count(input.rows))
        case .expertLinear(let linear):
            let rows = batch.count(linear.input.rows)
            for weight in linear.weights { cost.addExperts(weight, linear.routing.rule, rows: rows) }
        case .sumExperts(let sum):
            cost.multiplyAdds = batch.count(sum.output.rows) * sum.output.width * sum.routing.rule.usedCount
        case .rotate, .gate, .add, .selectOutputs:
            break
        }
        return cost
    }
}

extension StepCost {
    fileprivate mutating func addProduct(_ weight: Weight, rows: Int) {
        guard rows > 0 else { return }
        weightBytes += weight.byteCount
        multiplyAdds += rows * weight.shape.elementCount
    }

    /// One row reads its own experts; of the choices of many rows, as many are different as of random ones.
    fileprivate mutating func addExperts(_ weight: Weight, _ rule: RoutingRule, rows: Int) {
        let share = Double(rule.usedCount) / Double(max(1, rule.expertCount))
        var untouched = 1.0
        for _ in 0..<rows { untouched *= 1 - share }
        weightBytes += Int(Double(weight.byteCount) * (1 - untouched))
        multiplyAdds += rows * rule.usedCount * (weight.shape.elementCount / max(1, rule.expertCount))
    }
}

extension Normalization {
    fileprivate func cost(rows: Int) -> StepCost {
        var cost = StepCost()
        guard rows > 0 else { return cost }
        cost.weightBytes = weight.byteCount
        cost.multiplyAdds = 2 * rows * weight.shape.elementCount
        return cost
    }
}

extension AttentionLayer {
    fileprivate func cost(of batch: Batch) -> StepCost {
        var cost = StepCost()
        for span in batch.spans {
            let end = span.firstPosition + span.rows.count
            let oldest = window.map { max(0, span.firstPosition + 1 - $0) } ?? 0
            cost.cacheElements += 2 * (end - oldest) * kvHeads * headWidth
            let seen = (span.firstPosition..<end).reduce(0) { $0 + min($1 + 1, window ?? .max) }
            cost.multiplyAdds += 2 * seen * heads * headWidth
        }
        return cost
    }
}

extension Weight {
    /// Bytes in the file; 0 for shapes that are no whole number of blocks, which no backend takes.
    fileprivate var byteCount: Int { type.byteCount(ofElements: shape.elementCount) ?? 0 }
}

extension Batch {
    /// The rows of a value.
    package func count(_ rows: RowSet) -> Int {
        switch rows {
        case .tokens: tokens.count
        case .outputs: outputRows.count
        }
    }
}

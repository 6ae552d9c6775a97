import Compute
import Tensors

/// Products with matrices, and the choice of experts.
extension ReferenceExecutable {
    func perform(_ linear: Linear) {
        var input = rows(linear.input)
        if let normalization = linear.normalization { input = normalize(input, normalization) }
        let products = linear.projections.map { projection in
            let matrix = weights[projection.weight]
            return input.map { row in
                let product = multiply(matrix, outputs: projection.weight.shape.rowCount, row)
                return projection.bias.map { add(product, weights[$0]) } ?? product
            }
        }
        set(products, linear.outputValues)
        if let residual = linear.residual, let output = linear.outputs.first {
            set(output, add(rows(residual), rows(output)))
        }
    }

    private func set(_ products: [[Row]], _ outputs: LinearOutputs) {
        switch outputs {
        case .separate(let outputs):
            for (output, product) in zip(outputs, products) { set(output, product) }
        case .applied(let function, let output):
            set(output, products[0].map { $0.map { apply(function, $0) } })
        case .gated(let function, let output):
            set(output, gate(products[0], products[1], function))
        }
    }

    func perform(_ linear: HeadLinear) {
        let matrices = weights[linear.weight]
        let (inputWidth, outputWidth) = (linear.weight.shape.dimensions[0], linear.weight.shape.dimensions[1])
        set(
            linear.output,
            rows(linear.input).map { row in
                (0..<linear.heads).flatMap { head in
                    multiply(
                        matrices, from: head * inputWidth * outputWidth, outputs: outputWidth,
                        Array(row[head * inputWidth..<(head + 1) * inputWidth]))
                }
            })
    }

    func perform(_ split: Split) {
        let rows = rows(split.input)
        let headWidth = split.input.width / split.heads
        var first = 0
        for output in split.outputs {
            let width = output.width / split.heads
            set(
                output,
                rows.map { row in
                    (0..<split.heads).flatMap { row[$0 * headWidth + first..<$0 * headWidth + first + width] }
                })
            first += width
        }
    }

    func perform(_ join: Join) {
        let inputs = join.inputs.map(rows)
        var result: [Row] = []
        for row in inputs[0].indices {
            var joined: Row = []
            for head in 0..<join.heads {
                for (input, width) in zip(inputs, join.widths) {
                    let first = input[row].count == width ? 0 : head * width
                    joined += input[row][first..<first + width]
                }
            }
            result.append(joined)
        }
        set(join.output, result)
    }

    func perform(_ route: Route) {
        let router = weights[route.router.weight]
        let rule = route.routing.rule
        set(
            route.routing.value,
            rows(route.input).map { row in
                var logits = multiply(router, outputs: rule.expertCount, row)
                if let bias = route.router.bias { logits = add(logits, weights[bias]) }
                return choose(logits, rule, choiceBias: route.choiceBias.map { weights[$0] })
            })
    }

    /// The numbers of the chosen experts, then their shares.
    private func choose(_ logits: Row, _ rule: RoutingRule, choiceBias: Row?) -> Row {
        let scores: Row =
            switch rule.score {
            case .softmax: softmax(logits)
            case .sigmoid: logits.map { activate(.sigmoid, $0) }
            case .softmaxOfChosen, .sparseMixer: logits
            }
        var merits = choiceBias.map { add(scores, $0) } ?? scores
        if let groups = rule.groups {
            let size = rule.expertCount / groups.count
            let quality = (0..<groups.count).map { group in
                merits[group * size..<(group + 1) * size].sorted(by: >).prefix(groups.best).reduce(0, +)
            }
            for group in best(quality.count, of: quality).dropFirst(groups.usedCount) {
                for expert in group * size..<(group + 1) * size { merits[expert] = -.infinity }
            }
        }
        let chosen = best(rule.usedCount, of: merits)
        let shares: Row =
            switch rule.score {
            case .softmax, .sigmoid: chosen.map { scores[$0] }
            case .softmaxOfChosen: softmax(chosen.map { scores[$0] })
            case .sparseMixer(let jitter): sparseShares(logits, chosen, jitter: jitter)
            }
        let total = rule.normalizesShares ? shares.reduce(0, +) : 1
        return chosen.map { Float($0) } + shares.map { $0 / total * rule.scale }
    }

    /// The indices of the largest numbers, the largest first.
    private func best(_ count: Int, of numbers: Row) -> [Int] {
        Array(numbers.indices.sorted { (numbers[$0], $1) > (numbers[$1], $0) }.prefix(count))
    }

    func perform(_ linear: ExpertLinear) {
        let used = linear.routing.rule.usedCount
        let choices = rows(linear.routing.value)
        let products = linear.experts.map { experts in
            let tensors = experts.tensors.map { weights[$0] }
            let bias = experts.bias.map { weights[$0] }
            let (inputWidth, outputWidth) = (experts.inputWidth, experts.outputWidth)
            return zip(rows(linear.input), choices).map { row, choice in
                (0..<used).flatMap { part in
                    let expert = Int(choice[part])
                    let input = linear.inputIsPerExpert ? Array(row[part * inputWidth..<(part + 1) * inputWidth]) : row
                    let product =
                        tensors.count == 1
                        ? multiply(
                            tensors[0], from: expert * inputWidth * outputWidth, outputs: outputWidth, input)
                        : multiply(tensors[expert], outputs: outputWidth, input)
                    guard let bias else { return product }
                    return add(product, Array(bias[expert * outputWidth..<(expert + 1) * outputWidth]))
                }
            }
        }
        set(products, linear.outputValues)
    }

    func perform(_ sum: SumExperts) {
        let used = sum.routing.rule.usedCount
        let width = sum.output.width
        let sums = zip(rows(sum.input), rows(sum.routing.value)).map { row, choice in
            (0..<width).map { element in
                (0..<used).reduce(Float(0)) { $0 + choice[used + $1] * row[$1 * width + element] }
            }
        }
        set(sum.output, sum.residual.map { add(rows($0), sums) } ?? sums)
    }
}

import Tensors

/// Writes a program step by step. Shapes are checked as steps are added, so that a finished program is consistent.
package struct ProgramBuilder {
    private var steps: [Step] = []
    private var valueCount = 0
    private var cacheLayerCount = 0

    package init() {}

    private mutating func value(_ width: Int, _ rows: RowSet = .tokens) -> Value {
        defer { valueCount += 1 }
        return Value(id: valueCount, width: width, rows: rows)
    }

    /// `weight` has shape [width, vocabulary].
    package mutating func embed(_ weight: Weight) throws(ComputeError) -> Value {
        guard weight.shape.dimensions.count == 2 else {
            throw .wrongShape(weight: weight.name, expected: "[width, vocabulary]", found: weight.shape.description)
        }
        let output = value(weight.shape.rowLength)
        steps.append(.embed(weight, into: output))
        return output
    }

    package mutating func normalize(_ input: Value, _ normalization: Normalization) throws(ComputeError) -> Value {
        try check(normalization.weight, is: [input.width])
        let output = value(input.width, input.rows)
        steps.append(.normalize(input, normalization, into: output))
        return output
    }

    package mutating func linear(_ input: Value, _ projection: Projection) throws(ComputeError) -> Value {
        let outputWidth = projection.weight.shape.rowCount
        try check(projection.weight, is: [input.width, outputWidth])
        if let bias = projection.bias { try check(bias, is: [outputWidth]) }
        let output = value(outputWidth, input.rows)
        steps.append(.linear(Linear(input: input, projections: [projection], outputs: .separate([output]))))
        return output
    }

    package mutating func rotate(_ input: Value, _ rotation: Rotation, heads: Int) throws(ComputeError) -> Value {
        guard heads > 0, input.width % heads == 0, rotation.frequencies.count <= input.width / heads / 2 else {
            throw .unsupported("cannot rotate \(heads) heads of a width of \(input.width)")
        }
        let output = value(input.width, input.rows)
        steps.append(.rotate(input, rotation, heads: heads, into: output))
        return output
    }

    /// Takes the next layer of the KV cache. `scale` multiplies query · key.
    package mutating func attend(
        query: Value, key: Value, value keyed: Value, heads: Int, kvHeads: Int, headWidth: Int, scale: Float,
        window: Int? = nil
    ) throws(ComputeError) -> Value {
        let fits = [
            (query.width, heads), (key.width, kvHeads), (keyed.width, kvHeads),
        ].allSatisfy { width, count in
            let (product, overflow) = count.multipliedReportingOverflow(by: headWidth)
            return count > 0 && !overflow && product == width
        }
        guard headWidth > 0, fits, heads % kvHeads == 0, query.rows == .tokens else {
            throw .unsupported(
                "cannot attend with \(heads) query heads and \(kvHeads) key heads of \(headWidth) on widths of "
                    + "\(query.width), \(key.width) and \(keyed.width)")
        }
        let layer = AttentionLayer(
            index: cacheLayerCount, heads: heads, kvHeads: kvHeads, headWidth: headWidth, scale: scale, window: window)
        cacheLayerCount += 1
        let output = value(query.width)
        steps.append(.attend(Attention(query: query, key: key, value: keyed, layer: layer, output: output)))
        return output
    }

    package mutating func gate(
        _ gate: Value, _ up: Value, _ activation: Activation
    ) throws(ComputeError) -> Value {
        try check(gate, matches: up)
        let output = value(gate.width, gate.rows)
        steps.append(.gate(gate, up, activation, into: output))
        return output
    }

    package mutating func add(_ first: Value, _ second: Value) throws(ComputeError) -> Value {
        try check(first, matches: second)
        let output = value(first.width, first.rows)
        steps.append(.add(first, second, into: output))
        return output
    }

    /// `router` has shape [width, experts].
    package mutating func route(
        _ input: Value, _ router: Weight, _ rule: RoutingRule
    ) throws(ComputeError) -> Routing {
        try check(router, is: [input.width, rule.expertCount])
        guard rule.usedCount > 0, rule.usedCount <= rule.expertCount else {
            throw .unsupported("cannot choose \(rule.usedCount) of \(rule.expertCount) experts")
        }
        let routing = Routing(value: value(2 * rule.usedCount, input.rows), rule: rule)
        steps.append(.route(input, router, into: routing))
        return routing
    }

    /// `weight` has shape [input, output, experts]; `isPerExpert` where the input comes from another expert step.
    package mutating func expertLinear(
        _ input: Value, isPerExpert: Bool, _ routing: Routing, _ weight: Weight
    ) throws(ComputeError) -> Value {
        let rule = routing.rule
        let inputWidth = isPerExpert ? input.width / rule.usedCount : input.width
        guard weight.shape.dimensions.count == 3 else {
            throw .wrongShape(
                weight: weight.name, expected: "[input, output, experts]", found: weight.shape.description)
        }
        let outputWidth = weight.shape.dimensions[1]
        try check(weight, is: [inputWidth, outputWidth, rule.expertCount])
        let (width, overflow) = outputWidth.multipliedReportingOverflow(by: rule.usedCount)
        guard !overflow else { throw .unsupported("\(rule.usedCount) experts of width \(outputWidth) are too many") }
        let output = value(width, input.rows)
        steps.append(
            .expertLinear(
                ExpertLinear(
                    input: input, inputIsPerExpert: isPerExpert, routing: routing, weights: [weight],
                    outputs: .separate([output]))))
        return output
    }

    package mutating func sumExperts(_ input: Value, _ routing: Routing) throws(ComputeError) -> Value {
        guard input.width % routing.rule.usedCount == 0 else {
            throw .unsupported("cannot sum \(routing.rule.usedCount) experts of a width of \(input.width)")
        }
        let output = value(input.width / routing.rule.usedCount, input.rows)
        steps.append(.sumExperts(ExpertSum(input: input, routing: routing, output: output)))
        return output
    }

    package mutating func selectOutputs(_ input: Value) -> Value {
        let output = value(input.width, .outputs)
        steps.append(.selectOutputs(input, into: output))
        return output
    }

    /// `logits` has the batch's output rows. Mutating, so that a step written as its argument is in the program.
    package mutating func finish(logits: Value) -> Program {
        precondition(logits.rows == .outputs, "logits are wanted for output rows only")
        return Program(steps: steps, valueCount: valueCount, logits: logits)
    }

    private func check(_ weight: Weight, is expected: [Int]) throws(ComputeError) {
        guard weight.shape.dimensions == expected else {
            throw .wrongShape(weight: weight.name, expected: "\(expected)", found: weight.shape.description)
        }
    }

    private func check(_ first: Value, matches second: Value) throws(ComputeError) {
        guard first.width == second.width, first.rows == second.rows else {
            throw .unsupported("cannot combine rows of \(first.width) and \(second.width) elements")
        }
    }
}

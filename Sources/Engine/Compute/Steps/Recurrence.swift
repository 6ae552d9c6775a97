import Tensors

/// A causal convolution of each channel with its own last inputs.
package struct Convolve: Operation {
    /// Rows × channels.
    package var input: Value
    /// [taps, channels]; the last tap is the row's own.
    package let weight: Weight
    /// [channels].
    package let bias: Weight?
    /// Applied to the sums.
    package let activation: Activation?
    /// The last `taps − 1` inputs: (taps − 1) × channels floats.
    package let state: CacheLayer
    /// Rows × channels.
    package var output: Value

    package var taps: Int { weight.shape.dimensions[0] }

    package var inputs: [Value] { [input] }
    package var outputs: [Value] { [output] }
    package var weights: [Weight] { [weight] + (bias.map { [$0] } ?? []) }
    package var isRowwise: Bool { false }
    package var written: [CacheLayer] { [state] }
    package var kind: StepKind { StepKind(operation: "convolve", weights: [weight]) }

    package func cost(of batch: Batch) -> StepCost {
        var cost = StepCost()
        guard !batch.tokens.isEmpty else { return cost }
        cost.weightBytes = weight.byteCount
        cost.cacheElements = batch.spans.count * state.elements(perBlockOf: 1)
        cost.multiplyAdds = batch.tokens.count * weight.shape.elementCount
        return cost
    }

    package func text(_ names: ProgramNames) -> String {
        "convolve \(names[input]), \(names[weight])" + (bias == nil ? "" : " + bias")
            + (activation.map { " then \($0.rawValue)" } ?? "") + ", state \(state.index)"
    }

    package func mapping(inputs input: (Value) -> Value, outputs output: (Value) -> Value) -> Step {
        var step = self
        step.input = input(self.input)
        step.output = output(self.output)
        return .convolve(step)
    }
}

/// The selective scan of Mamba 2, row after row: for each head with state S (head width × state width),
/// S ← exp(step × a) S + step × x Bᵀ, y = S C + d x.
package struct Scan: Operation {
    package struct Shape: Hashable, Sendable {
        package let heads: Int
        package let headWidth: Int
        package let stateWidth: Int
        /// `heads / groups` heads share B and C.
        package let groups: Int

        package init(heads: Int, headWidth: Int, stateWidth: Int, groups: Int) {
            self.heads = heads
            self.headWidth = headWidth
            self.stateWidth = stateWidth
            self.groups = groups
        }
    }

    package let shape: Shape
    /// x: rows × (heads × head width).
    package var input: Value
    /// The steps before softplus: rows × heads.
    package var step: Value
    /// B and C: rows × (groups × state width).
    package var entry: Value
    package var exit: Value
    /// Added to the steps. [heads].
    package let stepBias: Weight
    /// a, negative. [1, heads].
    package let decay: Weight
    /// d. [1, heads].
    package let skip: Weight
    /// heads × head width × state width floats.
    package let state: CacheLayer
    /// Rows × (heads × head width).
    package var output: Value

    package var inputs: [Value] { [input, step, entry, exit] }
    package var outputs: [Value] { [output] }
    package var weights: [Weight] { [stepBias, decay, skip] }
    package var isRowwise: Bool { false }
    package var written: [CacheLayer] { [state] }
    package var kind: StepKind { StepKind(operation: "scan") }

    package func cost(of batch: Batch) -> StepCost {
        var cost = StepCost()
        let elements = state.elements(perBlockOf: 1)
        cost.cacheElements = batch.spans.count * elements
        cost.multiplyAdds = 3 * batch.tokens.count * elements
        return cost
    }

    package func text(_ names: ProgramNames) -> String {
        let values = inputs.map { names[$0] }.joined(separator: ", ")
        return "scan \(values), \(shape.heads) heads of \(shape.headWidth) × \(shape.stateWidth), state \(state.index)"
    }

    package func mapping(inputs input: (Value) -> Value, outputs output: (Value) -> Value) -> Step {
        var scan = self
        scan.input = input(self.input)
        scan.step = input(step)
        scan.entry = input(entry)
        scan.exit = input(exit)
        scan.output = output(self.output)
        return .scan(scan)
    }
}

extension ProgramBuilder {
    /// - Parameter weight: of shape [taps, channels].
    package mutating func convolve(
        _ input: Value, _ weight: Weight, bias: Weight? = nil, _ activation: Activation? = nil
    ) throws(ComputeError) -> Value {
        let taps = weight.shape.rowLength
        try check(weight, is: [taps, input.width])
        if let bias { try check(bias, is: [input.width]) }
        guard (1...256).contains(taps), input.rows == .tokens else {
            throw .wrongShape(weight: weight.name, expected: "1 to 256 taps", found: weight.shape.description)
        }
        let state = cacheLayer(.state(width: (taps - 1) * input.width), .state)
        let output = value(input.width)
        append(
            .convolve(
                Convolve(
                    input: input, weight: weight, bias: bias, activation: activation, state: state, output: output)))
        return output
    }

    /// - Parameters:
    ///   - entry: B.
    ///   - exit: C.
    package mutating func scan(
        _ input: Value, step: Value, entry: Value, exit: Value, stepBias: Weight, decay: Weight, skip: Weight,
        _ shape: Scan.Shape
    ) throws(ComputeError) -> Value {
        let (width, wide) = shape.heads.multipliedReportingOverflow(by: shape.headWidth)
        let (side, sideWide) = shape.groups.multipliedReportingOverflow(by: shape.stateWidth)
        let (size, large) = width.multipliedReportingOverflow(by: shape.stateWidth)
        guard !wide, !sideWide, !large, shape.groups > 0, shape.heads % shape.groups == 0, input.width == width,
            step.width == shape.heads, entry.width == side, exit.width == side,
            [input, step, entry, exit].allSatisfy({ $0.rows == .tokens })
        else {
            throw .unsupported(
                "cannot scan rows of \(input.width), \(step.width), \(entry.width) and \(exit.width) with \(shape)")
        }
        try check(stepBias, is: [shape.heads])
        for weight in [decay, skip] { try check(weight, is: [1, shape.heads]) }
        let state = cacheLayer(.state(width: size), .state)
        let output = value(width)
        append(
            .scan(
                Scan(
                    shape: shape, input: input, step: step, entry: entry, exit: exit, stepBias: stepBias, decay: decay,
                    skip: skip, state: state, output: output)))
        return output
    }
}

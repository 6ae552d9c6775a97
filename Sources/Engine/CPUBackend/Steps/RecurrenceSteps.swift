import CKernels
import Compute
import Workers

/// The states of a layer, as the spans of a batch read and write them.
private struct SpanStates {
    let states: CacheMemory.States
    let group: Int

    /// The state that a task goes on with, in its place: `count` floats from `first` on, copied from where the span left
    /// them, or zero.
    func begin(_ span: BoundBatch.Span, from first: Int, count: Int) -> UnsafeMutablePointer<Float> {
        let (from, to) = (span.caches[group][0], span.caches[group][1])
        let state = states[to] + first
        if from < 0 {
            state.update(repeating: 0, count: count)
        } else if from != to {
            state.update(from: states[from] + first, count: count)
        }
        return state
    }
}

struct ConvolveStep: CompiledStep, @unchecked Sendable {
    private let input: Rows
    private let output: Rows
    private let taps: Int
    private let weight: UnsafePointer<Float>
    private let bias: UnsafePointer<Float>?
    private let activation: ElementKernel?
    private let states: SpanStates
    private let operations: UnsafePointer<ck_operations>
    /// Channels of a task.
    private static let taskChannels = 256

    init(_ step: Convolve, _ compiler: StepCompiler) throws(ComputeError) {
        input = try compiler.rows(step.input)
        output = try compiler.rows(step.output)
        taps = step.taps
        weight = try compiler.weights.vector(step.weight)
        bias = try compiler.weights.vector(step.bias)
        operations = compiler.operations
        activation = step.activation.map { [operations] in ElementKernel(.activation($0), operations) }
        states = SpanStates(states: try compiler.cache.states(step.state), group: step.state.group)
    }

    func perform(_ context: StepContext) {
        let parts = input.width.dividedRoundingUp(by: Self.taskChannels)
        context.worker.share(context.batch.spanCount * parts) { index in
            let span = context.batch.spans[index / parts]
            let first = index % parts * Self.taskChannels
            perform(span, first, min(Self.taskChannels, input.width - first))
        }
    }

    private func perform(_ span: BoundBatch.Span, _ first: Int, _ channels: Int) {
        // Rows of the state are as wide as the input: each is begun by itself.
        for row in 0..<taps - 1 { _ = states.begin(span, from: row * input.width + first, count: channels) }
        var task = ck_convolution()
        task.rows = span.rowCount
        task.channels = channels
        task.width = taps
        task.weight = weight + first * taps
        task.bias = bias.map { $0 + first }
        task.in = UnsafePointer(input[span.firstRow] + first)
        task.in_stride = input.width
        task.state = states.states[span.caches[states.group][1]] + first
        task.state_stride = input.width
        task.out = output[span.firstRow] + first
        task.out_stride = output.width
        operations.pointee.convolve(&task)
        guard let activation else { return }
        for row in span.firstRow..<span.firstRow + span.rowCount {
            activation(channels, output[row] + first, output[row] + first)
        }
    }
}

struct ScanStep: CompiledStep, @unchecked Sendable {
    private let shape: Scan.Shape
    private let input: Rows
    private let step: Rows
    private let entry: Rows
    private let exit: Rows
    private let output: Rows
    private let stepBias: UnsafePointer<Float>
    private let decay: UnsafePointer<Float>
    private let skip: UnsafePointer<Float>
    private let states: SpanStates
    private let softplus: ElementKernel
    private let operations: UnsafePointer<ck_operations>
    /// A head's steps lie here, one for each row.
    let scratchBytes: Int

    init(_ scan: Scan, _ compiler: StepCompiler) throws(ComputeError) {
        shape = scan.shape
        input = try compiler.rows(scan.input)
        step = try compiler.rows(scan.step)
        entry = try compiler.rows(scan.entry)
        exit = try compiler.rows(scan.exit)
        output = try compiler.rows(scan.output)
        stepBias = try compiler.weights.vector(scan.stepBias)
        decay = try compiler.weights.vector(scan.decay)
        skip = try compiler.weights.vector(scan.skip)
        states = SpanStates(states: try compiler.cache.states(scan.state), group: scan.state.group)
        operations = compiler.operations
        softplus = ElementKernel(.activation(.softplus), compiler.operations)
        scratchBytes = compiler.rowLimit(.tokens) * MemoryLayout<Float>.stride
    }

    func perform(_ context: StepContext) {
        context.worker.share(context.batch.spanCount * shape.heads) { index in
            perform(context.batch.spans[index / shape.heads], head: index % shape.heads, context)
        }
    }

    private func perform(_ span: BoundBatch.Span, head: Int, _ context: StepContext) {
        let steps = context.scratchFloats()
        for row in 0..<span.rowCount { steps[row] = step[span.firstRow + row][head] + stepBias[head] }
        softplus(span.rowCount, steps, steps)
        let side = head / (shape.heads / shape.groups) * shape.stateWidth
        let stateSize = shape.headWidth * shape.stateWidth
        var task = ck_scan()
        task.rows = span.rowCount
        task.heads = 1
        task.head_width = shape.headWidth
        task.state_width = shape.stateWidth
        task.x = UnsafePointer(input[span.firstRow] + head * shape.headWidth)
        task.x_stride = input.width
        task.dt = UnsafePointer(steps)
        task.dt_stride = 1
        task.a = decay + head
        task.a_width = 1
        task.b = UnsafePointer(entry[span.firstRow] + side)
        task.b_stride = entry.width
        task.c = UnsafePointer(exit[span.firstRow] + side)
        task.c_stride = exit.width
        task.d = skip + head
        task.state = states.begin(span, from: head * stateSize, count: stateSize)
        task.out = output[span.firstRow] + head * shape.headWidth
        task.out_stride = output.width
        operations.pointee.scan(&task)
    }
}

/// Copies the rows whose logits are wanted.
struct SelectOutputsStep: CompiledStep {
    let input: Rows
    let output: Rows

    var scratchBytes: Int { 0 }

    func perform(_ context: StepContext) {
        context.worker.share(context.batch.outputCount) { row in
            output[row].update(from: input[Int(context.batch.outputRows[row])], count: input.width)
        }
    }
}

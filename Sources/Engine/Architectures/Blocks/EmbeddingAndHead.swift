package import Compute
import Tensors

extension ProgramBuilder {
    /// The first step of a language model: one row of `token_embd` for each token.
    package mutating func embedTokens(
        _ model: Hyperparameters, _ weights: WeightDirectory
    ) throws(ComputeError) -> Value {
        let table = try weights.weight("token_embd")
        let value = try embed(table)
        guard value.width == model.embeddingWidth else {
            throw .wrongShape(
                weight: table.name, expected: "[\(model.embeddingWidth), vocabulary]", found: table.shape.description)
        }
        return value
    }

    /// The last steps: logits of the output rows, by `output` or, where the model ties them, the embedding's matrix.
    package mutating func languageHead(
        _ input: Value, _ weights: WeightDirectory, _ normalization: Normalization
    ) throws(ComputeError) -> Program {
        let vocabularySize = try weights.weight("token_embd").shape.rowCount
        guard vocabularySize > 0, vocabularySize <= Int(Int32.max) else {
            throw .unsupported("a vocabulary of \(vocabularySize) tokens is not supported")
        }
        let name = weights.has("output") ? "output" : "token_embd"
        let head = try weights.projection(name, from: input.width, to: vocabularySize)
        let normalized = try normalize(selectOutputs(input), normalization)
        return finish(logits: try linear(normalized, head))
    }
}

package import Compute
package import Sampling

/// What the next step computes, and for whom.
package struct BatchPlan: Sendable {
    package private(set) var batch = Batch()
    /// The sequence of each span of the batch.
    package private(set) var sequences: [SequenceID] = []
    /// The sequence of each output row of the batch.
    package private(set) var outputs: [SequenceID] = []
    /// Rows of prompts and of sequences that are computed anew.
    package private(set) var promptRows = 0

    package var isEmpty: Bool { sequences.isEmpty }

    func contains(_ id: SequenceID) -> Bool { sequences.contains(id) }

    /// Adds the next `rows` tokens of `sequence`, whose blocks are there.
    mutating func add(_ sequence: Sequence, rows: Int) {
        let first = batch.tokens.count
        batch.tokens += sequence.tokens[sequence.computed..<sequence.computed + rows]
        batch.spans.append(
            Batch.Span(rows: first..<first + rows, firstPosition: sequence.computed, blocks: sequence.blocks))
        sequences.append(sequence.id)
        if !sequence.isGenerating { promptRows += rows }
        guard rows == sequence.pending else { return }
        batch.outputRows.append(first + rows - 1)
        outputs.append(sequence.id)
    }
}

/// What happened to a sequence.
package enum SequenceUpdate: Sendable {
    case token(SequenceID, SampledToken)
    case finished(SequenceID, FinishReason, SequenceStatistics)
    case failed(SequenceID, InferenceError)
}

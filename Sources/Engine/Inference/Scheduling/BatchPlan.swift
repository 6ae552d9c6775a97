package import Compute
package import Sampling
package import Tensors

/// What the next step computes, and for whom.
package struct BatchPlan: Sendable {
    /// A sequence that gets tokens from this step.
    package struct Output: Hashable, Sendable {
        package let sequence: SequenceID
        /// Indices into the batch's output rows: one, and one after each token of the draft.
        package let rows: Range<Int>
        /// Guesses of what follows. The sampler's choice at each row decides whether the next row counts.
        package let draft: [TokenID]

        /// How many tokens of the draft the sampled ones confirm.
        package func accepted(by sampled: [SampledToken?]) -> Int {
            zip(draft, sampled).prefix { $0 == $1?.token }.count
        }
    }

    package private(set) var batch = Batch()
    /// The sequence of each span of the batch.
    package private(set) var sequences: [SequenceID] = []
    package private(set) var outputs: [Output] = []
    /// Rows of prompts and of sequences that are computed anew.
    package private(set) var promptRows = 0

    package var isEmpty: Bool { sequences.isEmpty }
    /// Tokens of drafts.
    package var draftRows: Int { outputs.reduce(0) { $0 + $1.draft.count } }

    func contains(_ id: SequenceID) -> Bool { sequences.contains(id) }

    /// Adds the next `rows` tokens of `sequence`, and then a draft; the blocks are there.
    mutating func add(_ sequence: Sequence, rows: Int, draft: [TokenID] = []) {
        let first = batch.tokens.count
        batch.tokens += sequence.tokens[sequence.computed..<sequence.computed + rows]
        batch.tokens += draft
        batch.spans.append(
            Batch.Span(
                rows: first..<batch.tokens.count, firstPosition: sequence.computed, blocks: sequence.blocks))
        sequences.append(sequence.id)
        if !sequence.isGenerating { promptRows += rows }
        guard rows == sequence.pending else { return }
        let firstOutput = batch.outputRows.count
        batch.outputRows += first + rows - 1..<batch.tokens.count
        outputs.append(
            Output(sequence: sequence.id, rows: firstOutput..<batch.outputRows.count, draft: draft))
    }

    /// Known tokens of each sequence that this step computes.
    func knownRows(ofSpan index: Int) -> Int {
        let id = sequences[index]
        let draft = outputs.first { $0.sequence == id }?.draft.count ?? 0
        return batch.spans[index].rows.count - draft
    }
}

/// What happened to a sequence.
package enum SequenceUpdate: Sendable {
    case token(SequenceID, SampledToken)
    case finished(SequenceID, FinishReason, SequenceStatistics)
    case failed(SequenceID, InferenceError)
}

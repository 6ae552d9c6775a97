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
        /// Guesses of what follows.
        package let draft: [TokenID]

        /// Chooses the tokens that the sequence gets. A row counts where the tokens before it are those that the model
        /// chose: so each choice is one that would be made without a draft, and no other is.
        /// - Parameter choose: the token at an output row of the batch; called for the rows that count, in their order.
        package func verify(_ choose: (_ row: Int) throws(SamplingError) -> SampledToken) -> Verdict {
            var verdict = Verdict()
            for (index, row) in rows.enumerated() {
                let token: SampledToken
                do throws(SamplingError) {
                    token = try choose(row)
                } catch {
                    verdict.failure = error
                    break
                }
                verdict.tokens.append(token)
                guard index < draft.count, draft[index] == token.token else { break }
                verdict.accepted += 1
            }
            return verdict
        }
    }

    /// Rows of a prompt that say what the model thinks of the tokens after them.
    package struct Score: Hashable, Sendable {
        package let sequence: SequenceID
        /// Of the rows in the sequence.
        let positions: Range<Int>
        /// Indices into the batch's output rows.
        package let rows: Range<Int>
        /// The token after each row.
        package let tokens: [TokenID]
        /// How many likely tokens to report beside each.
        package let alternatives: Int
    }

    /// What the model says of an output's rows.
    package struct Verdict: Hashable, Sendable {
        /// The accepted tokens of the draft and one more.
        package fileprivate(set) var tokens: [SampledToken] = []
        /// Tokens of the draft that the model chose too.
        package fileprivate(set) var accepted = 0
        /// Why none could be chosen at the row after `tokens`.
        package fileprivate(set) var failure: SamplingError?
    }

    package private(set) var batch = Batch()
    /// The sequence of each span of the batch.
    package private(set) var sequences: [SequenceID] = []
    package private(set) var outputs: [Output] = []
    package private(set) var scores: [Score] = []
    /// Rows of prompts and of sequences that are computed anew; those that a refused draft has lost are not among them.
    package private(set) var promptRows = 0

    package var isEmpty: Bool { sequences.isEmpty }
    /// Tokens of drafts.
    package var draftRows: Int { outputs.reduce(0) { $0 + $1.draft.count } }

    func contains(_ id: SequenceID) -> Bool { sequences.contains(id) }

    /// Adds the next `rows` tokens of `sequence`, and then a draft; the blocks are reserved.
    mutating func add(_ sequence: ScheduledSequence, rows: Int, draft: [TokenID] = []) {
        let first = batch.tokens.count
        let cache = sequence.cache
        batch.tokens += cache.tokens[cache.computed..<cache.computed + rows]
        batch.tokens += draft
        batch.spans.append(
            Batch.Span(
                rows: first..<batch.tokens.count, firstPosition: cache.computed,
                caches: cache.caches(rows: rows + draft.count)))
        sequences.append(sequence.id)
        if !sequence.isGenerating { promptRows += rows }
        if let score = sequence.score(rows: rows, firstOutput: batch.outputRows.count) {
            batch.outputRows += score.positions.map { first + $0 - cache.computed }
            scores.append(score)
        }
        guard rows == cache.pending else { return }
        let firstOutput = batch.outputRows.count
        batch.outputRows += first + rows - 1..<batch.tokens.count
        outputs.append(
            Output(sequence: sequence.id, rows: firstOutput..<batch.outputRows.count, draft: draft))
    }

    /// The verdicts of a step: for each span the sequence, its rows and, where the span ends in an output, that with the
    /// verdict on it.
    func results(_ verdicts: [Verdict]) -> [(sequence: SequenceID, rows: Int, output: Output?, verdict: Verdict)] {
        var next = 0
        return zip(sequences, batch.spans).map { id, span in
            guard next < outputs.count, outputs[next].sequence == id else {
                return (id, span.rows.count, nil, Verdict())
            }
            defer { next += 1 }
            return (id, span.rows.count, outputs[next], verdicts[next])
        }
    }
}

/// What happened to a sequence.
package enum SequenceUpdate: Sendable {
    /// The next tokens of its prompt, with what the model says of them.
    case prompt(SequenceID, [SampledToken])
    /// A token of its answer, and its counts up to it.
    case token(SequenceID, SampledToken, SequenceStatistics)
    case finished(SequenceID, FinishReason, SequenceStatistics)
    case failed(SequenceID, InferenceError)
}

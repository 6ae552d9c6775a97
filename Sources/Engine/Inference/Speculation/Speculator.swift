import Compute
package import Tensors

/// Whether an engine guesses tokens ahead and verifies several in a step. What is answered never depends on it.
package struct SpeculationSettings: Hashable, Sendable {
    package enum Mode: String, Hashable, Sendable, CaseIterable {
        case off
        /// Guesses come from the text itself.
        case ngram
        /// They come from a draft model too, where there is one.
        case auto
    }

    package var mode: Mode
    /// Tokens of a draft at most, where a request names no limit.
    package var maximumDraft: Int

    /// The longest draft that an engine makes room for.
    package static let longestDraft = 15

    package init(mode: Mode = .auto, maximumDraft: Int = longestDraft) {
        self.mode = mode
        self.maximumDraft = min(max(maximumDraft, 0), Self.longestDraft)
    }
}

/// Guesses what the sequences of an engine will say, where that is expected to pay, and learns from the verdicts.
package struct Speculator {
    private struct State {
        var index: NGramIndex?
        var controller = DraftController()
        let limit: Int
        /// The kind of the draft that is being verified.
        var kind: DraftController.Kind?
    }

    /// A draft that was decided on.
    private struct Proposal {
        var kind: DraftController.Kind
        var choice: DraftController.Choice
        /// Nil where the draft model is to write it.
        var tokens: [TokenID]?
    }

    private let settings: SpeculationSettings
    private let model: DraftModel?
    /// Whether rows that were right are lost with a draft that is refused in part.
    private let losesRows: Bool
    private var costs = StepCosts()
    private var states: [SequenceID: State] = [:]

    /// - Parameter losesRows: whether the large model computes the right rows of a refused draft again.
    package init(_ settings: SpeculationSettings, model: DraftModel?, losesRows: Bool = false) {
        self.settings = settings
        self.model = settings.mode == .auto ? model : nil
        self.losesRows = losesRows
    }

    /// Blocks of the draft model's cache.
    var usedBlocks: Int { model?.usedBlocks ?? 0 }

    // MARK: Events

    package mutating func start(_ id: SequenceID, _ request: SequenceRequest) {
        let limit = min(request.maximumDraft ?? settings.maximumDraft, SpeculationSettings.longestDraft)
        guard settings.mode != .off, limit > 0 else { return }
        states[id] = State(index: NGramIndex(request.prompt), limit: limit)
        model?.start(id, request.prompt)
    }

    /// A token of the answer was chosen.
    package mutating func accept(_ id: SequenceID, _ token: TokenID) {
        guard states[id] != nil else { return }
        states[id]?.index?.append(token)
        model?.accept(id, token)
    }

    package mutating func end(_ id: SequenceID) {
        guard states.removeValue(forKey: id) != nil else { return }
        model?.end(id)
    }

    // MARK: Drafts

    /// - Parameters:
    ///   - candidates: sequences that get one row in the next step.
    ///   - room: tokens that all drafts together can have.
    package mutating func drafts(for candidates: [SequenceID], room: Int) -> [SequenceID: [TokenID]] {
        guard !states.isEmpty, costs.seconds(candidates.count) != nil else { return [:] }
        var rows = candidates.count
        var tokens = Double(candidates.count)
        var drafts: [SequenceID: [TokenID]] = [:]
        var wanted: [(id: SequenceID, count: Int)] = []
        for id in candidates {
            states[id]?.kind = nil
            guard let proposal = propose(id, atMost: room + candidates.count - rows, rows: rows, tokens: tokens) else {
                continue
            }
            states[id]?.kind = proposal.kind
            tokens *= proposal.choice.gain * cost(of: proposal.choice.length, after: rows, proposal.kind)
            rows += proposal.choice.length
            if let tokens = proposal.tokens {
                drafts[id] = tokens
            } else {
                wanted.append((id, proposal.choice.length))
            }
        }
        if let model, !wanted.isEmpty { drafts.merge(model.propose(wanted)) { first, _ in first } }
        return drafts
    }

    /// The better of a draft from the text and one of the model.
    private mutating func propose(_ id: SequenceID, atMost room: Int, rows: Int, tokens: Double) -> Proposal? {
        guard var state = states[id] else { return nil }
        let limit = min(state.limit, room)
        func choose(_ kind: DraftController.Kind) -> DraftController.Choice? {
            let lost: (Int) -> Double = { [self] in max(cost(of: $0, after: rows) - 1, 0) }
            return state.controller.choose(kind, limit: limit, tokens: tokens, costOfLostRows: losesRows ? lost : nil) {
                cost(of: $0, after: rows, kind)
            }
        }
        var best: Proposal?
        if let match = state.index?.match(limit: limit) {
            let kind = DraftController.Kind(matchLength: match.length)
            best = choose(kind).map {
                Proposal(kind: kind, choice: $0, tokens: Array(match.continuation.prefix($0.length)))
            }
        }
        if model?.canDraft(id) == true, let choice = choose(.model), choice.gain > best?.choice.gain ?? 0 {
            best = Proposal(kind: .model, choice: choice, tokens: nil)
        }
        states[id] = state
        return best
    }

    /// The time of a step with a draft of `length` more rows, as a multiple of the one without.
    private func cost(of length: Int, after rows: Int, _ kind: DraftController.Kind? = nil) -> Double {
        guard let without = costs.seconds(rows), let with = costs.seconds(rows + length) else { return .infinity }
        let drafting = kind == .model ? Double(length) * (model?.secondsPerToken ?? 0) : 0
        return (with + drafting) / without
    }

    /// Learns from a step.
    package mutating func observe(_ plan: BatchPlan, _ verdicts: [BatchPlan.Verdict], duration: Duration) {
        if plan.promptRows == 0 { costs.observe(rows: plan.batch.tokens.count, duration: duration) }
        for (output, verdict) in zip(plan.outputs, verdicts) where !output.draft.isEmpty {
            guard let kind = states[output.sequence]?.kind else { continue }
            states[output.sequence]?.controller.observe(
                kind, drafted: output.draft.count, accepted: verdict.accepted)
        }
    }
}

import Tensors

/// Makes tokens of the last part of the text less likely (llama.cpp's rule): a repeated token's logit is divided by
/// `repeatPenalty` (multiplied where negative), then loses `frequencyPenalty` for each occurrence and `presencePenalty` once.
struct Penalties: SamplingStage {
    private let repeatPenalty: Float
    private let presencePenalty: Float
    private let frequencyPenalty: Float
    private let windowLength: Int
    /// The last tokens; a ring once it is full.
    private var window: [TokenID] = []
    private var oldest = 0
    private var counts: [TokenID: Int] = [:]

    init?(_ parameters: SamplingParameters, contextLength: Int) {
        let length = parameters.repeatLastN < 0 ? contextLength : min(parameters.repeatLastN, contextLength)
        let changesNothing =
            parameters.repeatPenalty == 1 && parameters.presencePenalty == 0 && parameters.frequencyPenalty == 0
        guard length > 0, !changesNothing else { return nil }
        repeatPenalty = parameters.repeatPenalty
        presencePenalty = parameters.presencePenalty
        frequencyPenalty = parameters.frequencyPenalty
        windowLength = length
    }

    mutating func apply(to candidates: inout Candidates, random: inout RandomSource) {
        for (token, count) in counts {
            candidates.adjust(token) { logit in
                let repeated = logit > 0 ? logit / repeatPenalty : logit * repeatPenalty
                return repeated - Float(count) * frequencyPenalty - presencePenalty
            }
        }
    }

    mutating func accept(_ token: TokenID) {
        counts[token, default: 0] += 1
        guard window.count == windowLength else { return window.append(token) }
        let leaving = window[oldest]
        window[oldest] = token
        oldest = (oldest + 1) % windowLength
        if let count = counts[leaving] { counts[leaving] = count > 1 ? count - 1 : nil }
    }
}

import Tensors

/// Makes single tokens more or less likely; at -100 and 100 nothing else decides.
struct LogitBias: SamplingStage {
    private let biases: [TokenID: Float]

    init?(_ biases: [TokenID: Float]) {
        guard !biases.isEmpty else { return nil }
        self.biases = biases
    }

    mutating func apply(to candidates: inout Candidates, random: inout RandomSource) {
        for (token, bias) in biases { candidates.adjust(token) { $0 + bias } }
    }
}

import APITypes
import Chat
import Generation
import JSON

extension Metrics {
    init(_ summary: GenerationSummary) {
        self.init()
        totalDuration = summary.totalDuration.nanosecondCount
        loadDuration = summary.loadDuration.nanosecondCount
        promptEvalCount = summary.promptTokens
        promptEvalDuration = summary.promptDuration.nanosecondCount
        evalCount = summary.generatedTokens
        evalDuration = summary.generationDuration.nanosecondCount
        draftCount = summary.draftedTokens
        draftAcceptedCount = summary.acceptedTokens
        truncated = summary.promptCut != nil
    }
}

extension Duration {
    /// Held at the ends of 64 bits.
    var nanosecondCount: Int {
        let (seconds, attoseconds) = components
        let (whole, leaves) = Int(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, sumLeaves) = whole.addingReportingOverflow(Int(attoseconds / 1_000_000_000))
        return leaves || sumLeaves ? (seconds < 0 ? .min : .max) : sum
    }
}

extension LogProbability {
    init(_ token: TokenLogProbability) {
        self.init(
            bytes: token.bytes, logprob: Double(token.logProbability),
            topLogprobs: token.alternatives.map { LogProbability(bytes: $0.bytes, logprob: Double($0.logProbability)) })
    }
}

extension ChatToolCall {
    /// A call of the answer; one without identifier gets one.
    init(_ call: ToolCall, index: Int) {
        self.init(id: call.id ?? Self.makeID(), index: index, name: call.name, arguments: call.arguments)
    }

    /// An identifier for a call that the model gave none.
    static func makeID() -> String {
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        return "call_" + String((0..<8).map { _ in alphabet[Int.random(in: alphabet.indices)] })
    }
}

/// Counts and times at the end of an answer, and what became of the prompt; nanoseconds, zero where not measured.
package struct Metrics: Hashable, Sendable {
    package var totalDuration = 0
    package var loadDuration = 0
    package var promptEvalCount = 0
    package var promptEvalDuration = 0
    package var evalCount = 0
    package var evalDuration = 0
    /// Tokens of the answer that were guessed ahead, and those of them that were right. Not of the original.
    package var draftCount = 0
    package var draftAcceptedCount = 0
    /// A part of the prompt was left out, since it did not fit the context. Not of the original.
    package var truncated = false

    package init() {}

    init(_ fields: WireFields) throws(WireError) {
        totalDuration = try fields.integer("total_duration") ?? 0
        loadDuration = try fields.integer("load_duration") ?? 0
        promptEvalCount = try fields.integer("prompt_eval_count") ?? 0
        promptEvalDuration = try fields.integer("prompt_eval_duration") ?? 0
        evalCount = try fields.integer("eval_count") ?? 0
        evalDuration = try fields.integer("eval_duration") ?? 0
        draftCount = try fields.integer("draft_count") ?? 0
        draftAcceptedCount = try fields.integer("draft_accepted_count") ?? 0
        truncated = try fields.bool("truncated") ?? false
    }

    func write(to object: inout WireObject) {
        object.setUnlessZero("total_duration", totalDuration)
        object.setUnlessZero("load_duration", loadDuration)
        object.setUnlessZero("prompt_eval_count", promptEvalCount)
        object.setUnlessZero("prompt_eval_duration", promptEvalDuration)
        object.setUnlessZero("eval_count", evalCount)
        object.setUnlessZero("eval_duration", evalDuration)
        object.setUnlessZero("draft_count", draftCount)
        object.setUnlessZero("draft_accepted_count", draftAcceptedCount)
        object.setIfTrue("truncated", truncated)
    }
}

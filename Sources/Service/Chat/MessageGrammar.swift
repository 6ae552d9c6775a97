import Constraints

/// The grammar of an answer that is several messages with headers, of which the prompt has begun the first: a thought, and
/// one of content or of calls.
enum MessageGrammar {
    /// Uses the first of the syntax's `thinking`, and its `contentOpening`.
    /// - Parameters:
    ///   - thinks: whether there may be a thought.
    ///   - beginning: what begins a message in a prompt.
    ///   - calls: the grammar of calls of some tools.
    static func write(
        _ writer: inout AnswerGrammar, _ demand: AnswerDemand, thinks: Bool, beginning: String,
        calls: (inout AnswerGrammar, _ tools: [String]) throws -> Grammar.Expression
    ) throws -> Grammar.Expression {
        let opening = writer.syntax.contentOpening ?? ""
        let content = demand.content ?? AnswerGrammar.anyText
        if writer.setting.prompt.endsIgnoringWhitespace(with: opening) { return content }
        let reply = try writer.reply(demand, .sequence([.literal(opening), content]), calls: calls)
        guard thinks, let marks = writer.syntax.thinking.first else { return reply }
        let thought = Grammar.Expression.sequence([
            .literal(marks.opening), AnswerGrammar.text(upTo: marks.closing), .literal(beginning),
        ])
        return .sequence([.choice([.empty, thought]), reply])
    }
}

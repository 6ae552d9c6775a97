import APITypes
package import Chat
package import Generation

/// A whole answer, gathered from its events.
package struct Answer: Sendable {
    package var prompt: [PromptToken] = []
    package var content = ""
    package var thinking = ""
    package var toolCalls: [ToolCall] = []
    package var logProbabilities: [TokenLogProbability] = []
    package var summary: GenerationSummary?

    package init() {}

    package mutating func add(_ event: GenerationEvent) {
        switch event {
        case .prompt(let tokens):
            prompt += tokens
        case .part(let part, let probabilities):
            logProbabilities += probabilities
            switch part {
            case .content(let text): content += text
            case .thinking(let text): thinking += text
            case .toolCall(let call): toolCalls.append(call)
            case .toolCallStart, .toolCallArguments, .toolCallAbandoned: break
            }
        case .finished(let summary):
            self.summary = summary
        }
    }
}

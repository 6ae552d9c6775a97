import JSON
import Templating

extension Conversation {
    /// What a template may use to write the conversation, in all its renderings together.
    /// - Parameter attempts: how many ways of writing it there are.
    func budget(attempts: Int = 1) -> TemplateBudget {
        var bytes = tools.reduce(0) { $0 + $1.templateBytes }
        for message in messages {
            bytes += 512 + message.content.utf8.count + (message.thinking?.utf8.count ?? 0)
            for call in message.toolCalls { bytes += JSONValue.object(call.arguments).templateBytes }
        }
        return TemplateBudget(inputBytes: bytes * min(attempts, 2))
    }
}

import APITypes
import Chat
import Generation
import HTTPTypes
import ModelLibrary
import Options

extension GenerationRequest {
    /// - Throws: `APIFailure` for what is missing.
    init(_ body: MessagesRequest) throws {
        guard !body.model.isEmpty else { throw APIFailure(.badRequest, FailureText.modelRequired) }
        guard !body.messages.isEmpty else { throw APIFailure(.badRequest, "messages is required") }
        var conversation = Conversation(
            messages: body.messages.map(Message.init), tools: body.tools, think: body.think.map(ThinkSetting.init),
            allowsParallelCalls: body.toolChoice.allowsParallelCalls)
        conversation.toolChoice = ToolChoice(body.toolChoice.kind)
        self.init(model: try ModelName(requested: body.model), input: .conversation(conversation))
        options.temperature = body.temperature.map { Float($0) }
        options.topP = body.topP.map { Float($0) }
        options.topK = body.topK
        options.stop = body.stopSequences.isEmpty ? nil : body.stopSequences
        options.numPredict = body.maxTokens
        options.maxThinkingTokens = body.maxThinkingTokens
        form = body.format.map { .schema($0) }
        thinksIfAble = true
    }
}

extension ToolChoice {
    fileprivate init(_ kind: MessagesToolChoice.Kind) {
        self =
            switch kind {
            case .none, .auto: .automatic
            case .any: .required
            case .tool(let name): .named(name)
            }
    }
}

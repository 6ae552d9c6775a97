import APITypes
import Chat
import Generation
import Hummingbird
import ModelLibrary

enum Chat: Endpoint {
    static func mount(on routes: inout RouteTable, _ services: Services) {
        routes.on(.post, "/api/chat") { request, context in
            let body = try await request.decode(ChatRequest.self)
            guard !body.model.isEmpty else { throw APIFailure(.badRequest, FailureText.modelRequired) }
            let conversation = Conversation(
                messages: body.messages.map(Message.init), tools: body.tools,
                think: body.parameters.think.map(ThinkSetting.init))
            let generation = try GenerationRequest(
                model: ModelName(requested: body.model), input: .conversation(conversation),
                parameters: body.parameters)
            let response = StreamingResponse(context, services, model: body.model)
            if body.messages.isEmpty {
                let reason = try await Readiness.change(
                    generation, by: services, for: context, model: body.model)
                return .json(ChatResponse(model: body.model, reason: reason))
            }
            return try await response.generate(
                generation, as: ChatStream(model: body.model), streams: body.parameters.stream ?? true)
        }
    }
}

struct ChatStream: WireStream {
    typealias Frame = NDJSON

    let model: String
    private var callCount = 0

    init(model: String) {
        self.model = model
    }

    mutating func chunks(for event: GenerationEvent) -> [ChatResponse] {
        var chunk = ChatResponse(model: model, createdAt: .now, message: ChatMessage(role: "assistant", content: ""))
        switch event {
        case .prompt: return []
        case .part(let part, let probabilities):
            switch part {
            case .content(let text): chunk.message.content = text
            case .thinking(let text): chunk.message.thinking = text
            case .toolCall(let call):
                chunk.message.toolCalls = [ChatToolCall(call, index: callCount)]
                callCount += 1
            case .toolCallStart, .toolCallArguments, .toolCallAbandoned: break
            }
            chunk.logprobs = probabilities.map(LogProbability.init)
            let message = chunk.message
            if message.content.isEmpty, message.thinking.isEmpty, message.toolCalls.isEmpty, chunk.logprobs.isEmpty {
                return []
            }
        case .finished(let summary):
            finish(&chunk, summary)
        }
        return [chunk]
    }

    func whole(_ answer: Answer) -> ChatResponse {
        let message = ChatMessage(
            role: "assistant", content: answer.content, thinking: answer.thinking,
            toolCalls: answer.toolCalls.enumerated().map { ChatToolCall($1, index: $0) })
        var response = ChatResponse(model: model, createdAt: .now, message: message)
        response.logprobs = answer.logProbabilities.map(LogProbability.init)
        if let summary = answer.summary { finish(&response, summary) }
        return response
    }

    private func finish(_ response: inout ChatResponse, _ summary: GenerationSummary) {
        response.done = true
        response.doneReason = summary.reason.rawValue
        response.metrics = Metrics(summary)
    }
}

extension ChatResponse {
    /// The answer to a request that only loads or unloads.
    fileprivate init(model: String, reason: Readiness) {
        self.init(model: model, createdAt: .now, message: ChatMessage(role: "assistant", content: ""))
        done = true
        doneReason = reason.rawValue
    }
}

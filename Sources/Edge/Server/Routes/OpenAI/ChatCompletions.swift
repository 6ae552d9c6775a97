import APITypes
import Chat
import Generation
import Hummingbird
import Options
import OrderedCollections

enum ChatCompletions: Endpoint {
    static func mount(on routes: inout RouteTable, _ services: Services) {
        routes.on(.post, "/v1/chat/completions") { request, context in
            let body = try await request.decode(ChatCompletionRequest.self, emptyBody: "EOF")
            let stream = ChatCompletionStream(
                model: body.model, includesUsage: body.parameters.includesUsage, reportsLogprobs: body.logprobs,
                allowsParallelCalls: body.allowsParallelCalls)
            let response = StreamingResponse(context, services, model: body.model, family: .openAI)
            let generation = try generation(for: body)
            let (count, streams) = (body.parameters.choiceCount, body.parameters.stream)
            guard count > 1 else { return try await response.generate(generation, as: stream, streams: streams) }
            return try await response.generate(generation.choices(count), as: stream, streams: streams)
        }
    }

    private static func generation(for body: ChatCompletionRequest) throws -> GenerationRequest {
        guard !body.messages.isEmpty else { throw APIFailure(.badRequest, "[] is too short - 'messages'") }
        var conversation = Conversation(
            messages: body.messages.map(Message.init), tools: body.tools, think: body.think.map(ThinkSetting.init),
            allowsParallelCalls: body.allowsParallelCalls)
        conversation.toolChoice = ToolChoice(body.toolChoice)
        var generation = try GenerationRequest(
            model: body.model, input: .conversation(conversation), body.parameters,
            alternatives: body.logprobs ? body.topLogprobs : nil)
        generation.options.numPredict = body.maxTokens
        generation.options.maxThinkingTokens = body.maxThinkingTokens
        return generation
    }
}

extension ToolChoice {
    fileprivate init(_ choice: ChatCompletionToolChoice) {
        self =
            switch choice {
            case .none, .auto: .automatic
            case .required: .required
            case .named(let name): .named(name)
            }
    }
}

struct ChatCompletionStream: WireStreamOfChoices {
    typealias Frame = ServerSentEvents

    private var index = 0
    private let identity: CompletionIdentity
    private var includesUsage: Bool
    private let reportsLogprobs: Bool
    private let allowsParallelCalls: Bool
    private var isFirst = true
    /// Calls that were told of, whole or in part.
    private var callCount = 0
    /// The present call is told of piece by piece.
    private var isInCall = false
    private var hasCall = false

    init(model: String, includesUsage: Bool, reportsLogprobs: Bool, allowsParallelCalls: Bool) {
        identity = CompletionIdentity(
            id: "chatcmpl-\(Int.random(in: 0..<999))", created: Timestamp.now.seconds, model: model)
        self.includesUsage = includesUsage
        self.reportsLogprobs = reportsLogprobs
        self.allowsParallelCalls = allowsParallelCalls
    }

    mutating func chunks(for event: GenerationEvent) -> [ChatCompletionChunk] {
        switch event {
        case .prompt: return []
        case .part(let part, let probabilities):
            var delta = ChatCompletionChunk.Delta(content: "")
            switch part {
            case .content(let text): delta.content = text
            case .thinking(let text): delta.reasoning = text
            case .toolCallStart(let id, let name):
                guard allowsParallelCalls || !hasCall else { return [] }
                delta.toolCall = .init(id: id ?? ChatToolCall.makeID(), index: callCount, name: name)
                callCount += 1
                isInCall = true
            case .toolCallArguments(let text):
                guard isInCall else { return [] }
                delta = .init(toolCall: .init(index: callCount - 1, arguments: text))
            case .toolCall(let call):
                if isInCall {
                    isInCall = false
                    hasCall = true
                    break
                }
                guard allowsParallelCalls || !hasCall else { return [] }
                delta.toolCall = .init(ChatToolCall(call, index: callCount))
                callCount += 1
                hasCall = true
            case .toolCallAbandoned: isInCall = false
            }
            let isEmpty = delta == .init(content: "") || delta == .init(content: "", reasoning: "")
            guard !isEmpty || !probabilities.isEmpty else { return [] }
            return [chunk(delta, logprobs: reportsLogprobs ? probabilities.map(LogProbability.init) : nil)]
        case .finished(let summary):
            // An answer without any text still has a chunk that says whose it is.
            var chunks = isFirst ? [chunk(.init(content: ""))] : []
            let reason = hasCall ? "tool_calls" : summary.reason.rawValue
            var last = ChatCompletionChunk(
                identity: identity, delta: .init(), finishReason: reason, truncated: summary.promptCut != nil)
            last.index = index
            chunks.append(last)
            return includesUsage ? chunks + usage(of: [summary]) : chunks
        }
    }

    private mutating func chunk(
        _ delta: ChatCompletionChunk.Delta, logprobs: [LogProbability]? = nil
    ) -> ChatCompletionChunk {
        var delta = delta
        if isFirst { delta.role = "assistant" }
        isFirst = false
        var chunk = ChatCompletionChunk(identity: identity, delta: delta, logprobs: logprobs)
        chunk.index = index
        return chunk
    }

    // MARK: Choices

    func choice(_ index: Int) -> ChatCompletionStream {
        var stream = self
        stream.index = index
        stream.includesUsage = false
        return stream
    }

    func end(_ summaries: [GenerationSummary]) -> [ChatCompletionChunk] {
        includesUsage ? usage(of: summaries) : []
    }

    private func usage(of summaries: [GenerationSummary]) -> [ChatCompletionChunk] {
        [ChatCompletionChunk(identity: identity, delta: nil, usage: Usage(summaries))]
    }

    func whole(_ answer: Answer) -> ChatCompletion { whole([answer]) }

    func whole(_ answers: [Answer]) -> ChatCompletion {
        let summaries = answers.compactMap(\.summary)
        return ChatCompletion(
            identity: identity, choices: answers.map(choice),
            usage: Usage(summaries),
            truncated: summaries.contains { $0.promptCut != nil })
    }

    private func choice(_ answer: Answer) -> ChatCompletion.Choice {
        ChatCompletion.Choice(
            content: answer.content, reasoning: answer.thinking,
            toolCalls: answer.toolCalls.prefix(allowsParallelCalls ? .max : 1).enumerated().map {
                ChatToolCall($1, index: $0)
            },
            finishReason: answer.toolCalls.isEmpty ? answer.summary?.reason.rawValue ?? "stop" : "tool_calls",
            logprobs: reportsLogprobs ? answer.logProbabilities.map(LogProbability.init) : nil)
    }
}

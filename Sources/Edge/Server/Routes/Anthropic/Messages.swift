import APITypes
import Chat
import Generation
import HTTPTypes
import Hummingbird
import JSON
import OrderedCollections

enum Messages: Endpoint {
    static func mount(on routes: inout RouteTable, _ services: Services) {
        routes.on(.post, "/v1/messages") { request, context in
            let body = try await request.decode(MessagesRequest.self)
            let generation = try generation(for: body)
            return try await StreamingResponse(context, services, model: body.model, family: .anthropic)
                .generate(generation, as: MessagesStream(body), streams: body.stream)
        }
    }

    private static func generation(for body: MessagesRequest) throws -> GenerationRequest {
        let generation = try GenerationRequest(body)
        guard let limit = body.maxTokens, limit > 0 else {
            throw APIFailure(.badRequest, "max_tokens is required and must be positive")
        }
        return generation
    }
}

struct MessagesStream: WireStream {
    typealias Frame = NamedEvents

    private enum OpenBlock {
        case thinking, text, toolUse
    }

    private let id = AnthropicID.make("msg")
    private let model: String
    private let stopSequences: [String]
    private let allowsParallelCalls: Bool
    private var openBlock: OpenBlock?
    /// Of the block that is open, or comes next.
    private var index = 0
    private var hasCall = false

    init(_ body: MessagesRequest) {
        model = body.model
        stopSequences = body.stopSequences
        allowsParallelCalls = body.toolChoice.allowsParallelCalls
    }

    func start(promptTokens: Int) -> [MessagesEvent] {
        let usage = MessagesUsage(inputTokens: promptTokens, outputTokens: 0)
        return [.messageStart(MessagesReply(id: id, model: model, usage: usage)), .ping]
    }

    mutating func chunks(for event: GenerationEvent) -> [MessagesEvent] {
        switch event {
        case .prompt: return []
        case .part(let part, _): return chunks(for: part)
        case .finished(let summary):
            return close() + [.messageDelta(ending(summary, hasCall: hasCall), MessagesUsage(summary)), .messageStop]
        }
    }

    private mutating func chunks(for part: OutputPart) -> [MessagesEvent] {
        switch part {
        case .content(""), .thinking(""): return []
        case .content(let text):
            return open(.text, .text("")) + [.blockDelta(index: index, .text(text))]
        case .thinking(let text):
            return open(.thinking, .thinking("", signature: "")) + [.blockDelta(index: index, .thinking(text))]
        case .toolCallStart(let callID, let name):
            guard allowsParallelCalls || !hasCall else { return [] }
            return open(callID, name)
        case .toolCallArguments(let text):
            guard openBlock == .toolUse, !text.isEmpty else { return [] }
            return [.blockDelta(index: index, .inputJSON(text))]
        case .toolCall(let call):
            if openBlock == .toolUse {
                hasCall = true
                return close()
            }
            guard allowsParallelCalls || !hasCall else { return [] }
            hasCall = true
            let begin = open(call.id, call.name)
            let input = JSONWriter(.go).text(of: .object(call.arguments))
            return begin + [.blockDelta(index: index, .inputJSON(input))] + close()
        case .toolCallAbandoned:
            // The block cannot be taken back; the reason of the end says that no call is wanted.
            return openBlock == .toolUse ? close() : []
        }
    }

    /// Goes on with the open block, or begins one.
    private mutating func open(_ kind: OpenBlock, _ block: MessagesBlock) -> [MessagesEvent] {
        guard openBlock != kind else { return [] }
        let end = close()
        openBlock = kind
        return end + [.blockStart(index: index, block)]
    }

    private mutating func open(_ callID: String?, _ name: String) -> [MessagesEvent] {
        open(.toolUse, .toolUse(id: callID ?? AnthropicID.make("toolu"), name: name, input: [:]))
    }

    private mutating func close() -> [MessagesEvent] {
        guard let kind = openBlock else { return [] }
        openBlock = nil
        defer { index += 1 }
        let signature: [MessagesEvent] = kind == .thinking ? [.blockDelta(index: index, .signature(id))] : []
        return signature + [.blockStop(index: index)]
    }

    func whole(_ answer: Answer) -> MessagesReply {
        let summary = answer.summary
        let calls = answer.toolCalls.prefix(allowsParallelCalls ? .max : 1)
        let usage = summary.map { MessagesUsage($0) } ?? MessagesUsage(inputTokens: 0, outputTokens: 0)
        var reply = MessagesReply(id: id, model: model, usage: usage)
        if !answer.thinking.isEmpty { reply.content.append(.thinking(answer.thinking, signature: id)) }
        if !answer.content.isEmpty { reply.content.append(.text(answer.content)) }
        reply.content += calls.map {
            MessagesBlock.toolUse(id: $0.id ?? AnthropicID.make("toolu"), name: $0.name, input: $0.arguments)
        }
        reply.ending = summary.map { ending($0, hasCall: !calls.isEmpty) }
        return reply
    }

    private func ending(_ summary: GenerationSummary, hasCall: Bool) -> MessagesEnding {
        var ending = MessagesEnding(reason: "end_turn", stopSequence: nil, truncated: summary.promptCut != nil)
        if hasCall {
            ending.reason = "tool_use"
        } else if summary.reason == .length {
            ending.reason = "max_tokens"
        } else if let text = summary.stopSequence, stopSequences.contains(text) {
            // The model's own stop strings end a turn.
            ending.reason = "stop_sequence"
            ending.stopSequence = text
        }
        return ending
    }
}

extension MessagesUsage {
    init(_ summary: GenerationSummary) {
        self.init(
            inputTokens: max(summary.promptTokens - summary.cachedPromptTokens, 0),
            cacheReadTokens: summary.cachedPromptTokens, outputTokens: summary.generatedTokens)
    }
}

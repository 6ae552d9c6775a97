import APITypes
import Chat
import Generation
import Hummingbird
import ModelLibrary

enum Generate: Endpoint {
    static func mount(on routes: inout RouteTable, _ services: Services) {
        routes.on(.post, "/api/generate") { request, context in
            let body = try await request.decode(GenerateRequest.self)
            guard !body.model.isEmpty else { throw APIFailure(.notFound, FailureText.modelNotFound("")) }
            let generation = try generation(for: body)
            let response = StreamingResponse(context, services, model: body.model)
            if body.prompt.isEmpty, body.suffix.isEmpty {
                let reason = try await Readiness.change(
                    generation, by: services, for: context, model: body.model)
                return .json(GenerateResponse(model: body.model, reason: reason))
            }
            return try await response.generate(
                generation, as: GenerateStream(model: body.model, isRaw: body.raw),
                streams: body.parameters.stream ?? true)
        }
    }

    private static func generation(for body: GenerateRequest) throws -> GenerationRequest {
        if body.raw, !body.template.isEmpty || !body.system.isEmpty || !body.context.isEmpty {
            throw APIFailure(.badRequest, FailureText.rawExcludes)
        }
        let input: GenerationRequest.Input =
            if body.raw {
                .raw(body.prompt)
            } else if !body.suffix.isEmpty {
                .infill(prefix: body.prompt, suffix: body.suffix)
            } else {
                .prompt(
                    body.prompt, system: body.system.isEmpty ? nil : body.system, images: body.images,
                    think: body.parameters.think.map(ThinkSetting.init))
            }
        var generation = try GenerationRequest(
            model: ModelName(requested: body.model), input: input, parameters: body.parameters)
        generation.template = body.template.isEmpty ? nil : body.template
        generation.context = try body.context.map { token in
            guard let token = Int32(exactly: token) else {
                throw APIFailure(.badRequest, "context holds \(token), which is no token; send it as it was received")
            }
            return token
        }
        return generation
    }
}

struct GenerateStream: WireStream {
    typealias Frame = NDJSON

    let model: String
    /// Raw answers give no tokens to go on from.
    let isRaw: Bool
    private var toolCalls: [ToolCall] = []

    init(model: String, isRaw: Bool) {
        self.model = model
        self.isRaw = isRaw
    }

    mutating func chunks(for event: GenerationEvent) -> [GenerateResponse] {
        var chunk = GenerateResponse(model: model, createdAt: .now)
        switch event {
        case .prompt: return []
        case .part(let part, let probabilities):
            switch part {
            case .content(let text): chunk.response = text
            case .thinking(let text): chunk.thinking = text
            case .toolCall(let call): toolCalls.append(call)
            case .toolCallStart, .toolCallArguments, .toolCallAbandoned: break
            }
            chunk.logprobs = probabilities.map(LogProbability.init)
            if chunk.response.isEmpty, chunk.thinking.isEmpty, chunk.logprobs.isEmpty { return [] }
        case .finished(let summary):
            finish(&chunk, summary, toolCalls)
        }
        return [chunk]
    }

    func whole(_ answer: Answer) -> GenerateResponse {
        var response = GenerateResponse(model: model, createdAt: .now)
        response.response = answer.content
        response.thinking = answer.thinking
        response.logprobs = answer.logProbabilities.map(LogProbability.init)
        if let summary = answer.summary { finish(&response, summary, answer.toolCalls) }
        return response
    }

    private func finish(_ response: inout GenerateResponse, _ summary: GenerationSummary, _ calls: [ToolCall]) {
        response.done = true
        response.doneReason = summary.reason.rawValue
        response.context = isRaw ? [] : summary.context.map(Int.init)
        response.metrics = Metrics(summary)
        response.toolCalls = calls.enumerated().map { ChatToolCall($1, index: $0) }
    }
}

extension GenerateResponse {
    /// The answer to a request that only loads or unloads.
    fileprivate init(model: String, reason: Readiness) {
        self.init(model: model, createdAt: .now)
        done = true
        doneReason = reason.rawValue
    }
}

import APITypes
import Generation
import HTTPTypes
import Hummingbird
import JSON
import Logging
import NIOCore

/// Answers that a model or a download makes while the client waits.
///
/// The work runs as long as the client stays: a connection that closes cancels it at once, also before the first byte is
/// written.
struct StreamingResponse: Sendable {
    let context: AppContext
    private let services: Services
    /// The model's name as the client wrote it, for the words of errors.
    let model: String
    private let family: APIFamily

    init(_ context: AppContext, _ services: Services, model: String, family: APIFamily = .ollama) {
        self.context = context
        self.services = services
        self.model = model
        self.family = family
    }

    /// Runs a generation and answers with its events, one by one or as one object.
    func generate<Stream: WireStream>(
        _ generation: GenerationRequest, as stream: Stream, streams: Bool
    ) async throws -> Response {
        let service = services.generation
        guard streams else {
            let answer = try await context.whileWanted {
                try await APIFailure.mapping(model: model) { try await service.answer(to: generation) }
            }
            return .json(stream.whole(answer))
        }
        return try await streaming(Stream.Frame.self) { send in
            try await service.withGeneration(generation) { events in
                var stream = stream
                for chunk in stream.start(promptTokens: events.promptTokens) {
                    try await send(Stream.Frame.frame(chunk))
                }
                for try await event in events {
                    for chunk in stream.chunks(for: event) { try await send(Stream.Frame.frame(chunk)) }
                }
            }
        }
    }

    /// Runs several generations at the same time, each a choice of one answer.
    func generate<Stream: WireStreamOfChoices>(
        _ generations: [GenerationRequest], as stream: Stream, streams: Bool
    ) async throws -> Response {
        let service = services.generation
        guard streams else {
            let answers = try await context.whileWanted {
                try await APIFailure.mapping(model: model) {
                    try await Self.all(generations) { try await service.answer(to: $1) }
                }
            }
            return .json(stream.whole(answers))
        }
        return try await streaming(Stream.Frame.self) { send in
            let summaries = try await Self.all(generations) { index, generation in
                try await service.withGeneration(generation) { events in
                    var choice = stream.choice(index)
                    var summary: GenerationSummary?
                    for try await event in events {
                        if case .finished(let end) = event { summary = end }
                        for chunk in choice.chunks(for: event) { try await send(Stream.Frame.frame(chunk)) }
                    }
                    return summary
                }
            }
            for chunk in stream.end(summaries.compactMap(\.self)) { try await send(Stream.Frame.frame(chunk)) }
        }
    }

    /// The results of all, in their order.
    private static func all<Result: Sendable>(
        _ generations: [GenerationRequest],
        _ run: @escaping @Sendable (Int, GenerationRequest) async throws -> Result
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            for (index, generation) in generations.enumerated() {
                group.addTask { (index, try await run(index, generation)) }
            }
            var results: [Int: Result] = [:]
            for try await (index, result) in group { results[index] = result }
            return generations.indices.compactMap { results[$0] }
        }
    }

    typealias Send = @Sendable (ByteBuffer) async throws -> Void

    /// Answers with what `produce` sends. An error before the first piece is thrown, with its status; one after it becomes
    /// the last piece.
    func streaming<Frame: Framing>(
        _ frame: Frame.Type, produce: @escaping @Sendable (@escaping Send) async throws -> Void
    ) async throws -> Response {
        let channel = ChunkChannel(patience: services.clientPatience)
        // Begins before the response does and ends with its body, so it can be a child of neither.
        let producer = Task {
            do {
                try await context.client.whilePresent {
                    do {
                        try await context.beforeDeadline { try await produce { try await channel.send($0) } }
                        if let end = Frame.end { try await channel.send(end) }
                    } catch let error
                        where channel.hasSent && !(error is CancellationError) && !(error is ClientStalled)
                    {
                        let failure = APIFailure(error, model: model)
                        Logger.current.error("a stream ended early", metadata: ["error": "\(failure.message)"])
                        try await channel.send(Frame.frame(family.body(failure)))
                    }
                }
                channel.finish()
            } catch is ClientStalled {
                Logger.current.warning("closed the connection of a client that took nothing of its answer")
                channel.finish(throwing: ClientStalled())
                context.closeConnection()
            } catch {
                channel.finish(throwing: error)
            }
        }
        let first: [ByteBuffer]
        do {
            first = try await channel.next() ?? []
        } catch {
            producer.cancel()
            await producer.value
            throw APIFailure(error, model: model)
        }
        return Response(
            status: .ok, headers: [.contentType: Frame.contentType],
            body: ResponseBody { writer in
                do {
                    try await writer.write(contentsOf: first)
                    while let chunks = try await channel.next() { try await writer.write(contentsOf: chunks) }
                    await producer.value
                    try await writer.finish(nil)
                } catch {
                    producer.cancel()
                    channel.finish(throwing: CancellationError())
                    await producer.value
                    throw error
                }
            })
    }
}

extension GenerationService {
    /// All of an answer at once.
    fileprivate func answer(to generation: GenerationRequest) async throws -> Answer {
        try await withGeneration(generation) { events in
            var answer = Answer()
            for try await event in events { answer.add(event) }
            return answer
        }
    }
}

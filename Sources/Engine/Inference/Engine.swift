package import Compute
import Locking
import Synchronization

/// How an engine shares its executable among sequences.
package struct EngineSettings: Hashable, Sendable {
    /// Sequences that run at the same time; more wait.
    package var parallelSequences: Int
    /// Events that may wait for a reader before its sequence is paused.
    package var streamBound: Int
    /// How long a step with prompts should last at most: about the time until a cancelled request is gone, and the
    /// pause in other answers while a prompt is read.
    package var stepDuration: Duration
    package var speculation: SpeculationSettings

    package init(
        parallelSequences: Int = 16, streamBound: Int = 64, stepDuration: Duration = .milliseconds(250),
        speculation: SpeculationSettings = .init()
    ) {
        self.parallelSequences = parallelSequences
        self.streamBound = streamBound
        self.stepDuration = stepDuration
        self.speculation = speculation
    }
}

/// Runs sequences on one executable, batched together, on a thread of its own.
package final class Engine: Sendable {
    package let limits: ExecutionLimits
    package let vocabularySize: Int
    /// Tokens that a prompt can have, with room for one token of an answer.
    package let promptLimit: Int
    private let settings: EngineSettings
    private let mailbox = Mailbox<EngineLoop.Message>()
    private let published = Locked(EngineStatistics())
    private let nextID = Atomic<UInt64>(0)
    private let thread: Locked<EngineThread?>

    /// Takes `executable`, whose outputs are logits, to the engine's thread, where it lives until `shutDown` or the end
    /// of the engine.
    /// - Parameter draft: a smaller model with the same vocabulary, which guesses ahead.
    /// - Throws: `ComputeError.outOfMemory` where the system gives no thread.
    package init(
        _ executable: sending any Executable, draft: sending (any Executable)? = nil,
        _ settings: EngineSettings = EngineSettings()
    ) throws(ComputeError) {
        limits = executable.limits
        vocabularySize = executable.outputWidth
        promptLimit = SchedulerSettings(limits: limits, policies: executable.cachePolicies).sequenceLimit - 1
        self.settings = settings
        let loop = EngineLoop(executable, draft: draft, settings, mailbox, published)
        thread = Locked(try EngineThread.running(loop) { $0.run() })
    }

    deinit {
        mailbox.close()
        thread.withLock { $0.take() }?.detach()
    }

    package var statistics: EngineStatistics { published.withLock { $0 } }

    /// Starts a sequence and runs `body` with its events. On every exit from `body`, by return, error or cancellation,
    /// the sequence ends and its blocks are free before the next step.
    /// - Throws: `InferenceError`, from here or from the stream, or what `body` throws.
    package func withSequence<Result>(
        _ request: SequenceRequest, _ body: (TokenStream) async throws -> Result
    ) async throws -> Result {
        try validate(request)
        let id = SequenceID(nextID.wrappingAdd(1, ordering: .relaxed).oldValue)
        let events = EventStream<TokenEvent>(bound: settings.streamBound) { [mailbox] in mailbox.post(.resume(id)) }
        guard mailbox.post(.start(id, request, events)) else { throw InferenceError.shutDown }
        defer {
            events.close()
            mailbox.post(.cancel(id))
        }
        return try await body(TokenStream(events: events))
    }

    /// Forgets all prompts that are cached, so that a measurement starts cold.
    package func clearCache() {
        mailbox.post(.clearCache)
    }

    /// Fails what is running, ends the thread and frees the executable. Blocks until that is done: call it from a
    /// thread that may block. Further calls return at once.
    package func shutDown() {
        mailbox.close()
        thread.withLock { $0.take() }?.join()
    }

    private func validate(_ request: SequenceRequest) throws(InferenceError) {
        guard !request.prompt.isEmpty else { throw .emptyPrompt }
        for token in request.prompt where !(0..<vocabularySize).contains(Int(token)) {
            throw .tokenOutsideVocabulary(token: token, vocabularySize: vocabularySize)
        }
    }
}

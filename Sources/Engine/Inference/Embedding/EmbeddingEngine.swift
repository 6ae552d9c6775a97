package import Compute
import Locking
import Synchronization
package import Tensors

/// Computes rows of whole texts on one executable, batched together, on a thread of its own.
package final class EmbeddingEngine: Sendable {
    package let vocabularySize: Int
    /// Tokens that a text can have.
    package let textLimit: Int
    private let mailbox = Mailbox<EmbeddingLoop.Message>()
    private let nextID = Atomic<UInt64>(0)
    private let thread: Locked<EngineThread?>

    /// Takes `executable`, whose outputs are one row a text, to the engine's thread, where it lives until `shutDown` or the
    /// end of the engine.
    /// - Throws: `ComputeError.outOfMemory` where the system gives no thread.
    package init(_ executable: sending any Executable, vocabularySize: Int) throws(ComputeError) {
        self.vocabularySize = vocabularySize
        textLimit = TextBatcher.textLimit(executable.limits)
        thread = Locked(try EngineThread.running(EmbeddingLoop(executable, mailbox)) { $0.run() })
    }

    deinit {
        mailbox.close()
        thread.withLock { $0.take() }?.detach()
    }

    /// The rows of texts, in their order. A cancelled task gets `CancellationError` after the batch that runs.
    /// - Throws: `InferenceError`; with `emptyPrompt` and `promptTooLong` no text is computed.
    package func rows(of texts: [[TokenID]]) async throws -> [[Float]] {
        guard !texts.isEmpty else { return [] }
        for text in texts { try validate(text) }
        let id = nextID.wrappingAdd(1, ordering: .relaxed).oldValue
        let cancellation = EmbeddingLoop.Cancellation()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                guard mailbox.post(.start(id, texts, cancellation, continuation)) else {
                    return continuation.resume(throwing: InferenceError.shutDown)
                }
            }
        } onCancel: {
            // The message may come before the start, which then finds the flag.
            cancellation.set()
            mailbox.post(.cancel(id))
        }
    }

    /// Fails what is running, ends the thread and frees the executable. Blocks until that is done: call it from a
    /// thread that may block. Further calls return at once.
    package func shutDown() {
        mailbox.close()
        thread.withLock { $0.take() }?.join()
    }

    private func validate(_ text: [TokenID]) throws(InferenceError) {
        guard !text.isEmpty else { throw .emptyPrompt }
        guard text.count <= textLimit else { throw .promptTooLong(tokens: text.count, limit: textLimit) }
        for token in text where !(0..<vocabularySize).contains(Int(token)) {
            throw .tokenOutsideVocabulary(token: token, vocabularySize: vocabularySize)
        }
    }
}

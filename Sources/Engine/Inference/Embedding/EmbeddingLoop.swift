import Compute
import Synchronization
import Tensors

/// What the thread of an `EmbeddingEngine` runs, and everything that only this thread touches.
final class EmbeddingLoop {
    typealias RequestID = TextBatcher.RequestID

    enum Message: Sendable {
        case start(RequestID, [[TokenID]], Cancellation, CheckedContinuation<[[Float]], any Error>)
        /// Of a request whose `Cancellation` says so; it may come before the start.
        case cancel(RequestID)
    }

    /// Whether a request's task was cancelled.
    final class Cancellation: Sendable {
        private let flag = Atomic(false)

        var isSet: Bool { flag.load(ordering: .acquiring) }

        func set() { flag.store(true, ordering: .releasing) }
    }

    private struct Reader {
        let continuation: CheckedContinuation<[[Float]], any Error>
        /// Empty where a text is not computed yet.
        var rows: [[Float]]
        var missing: Int
    }

    private let executable: any Executable
    private let mailbox: Mailbox<Message>
    private var batcher: TextBatcher
    private var readers: [RequestID: Reader] = [:]

    init(_ executable: any Executable, _ mailbox: Mailbox<Message>) {
        self.executable = executable
        self.mailbox = mailbox
        batcher = TextBatcher(limits: executable.limits, policies: executable.cachePolicies)
    }

    /// Runs until the mailbox closes; what is left then fails with `shutDown`.
    func run() {
        while let messages = mailbox.take(waiting: !batcher.hasWork) {
            for message in messages { apply(message) }
            step()
        }
        for case .start(_, _, _, let continuation) in mailbox.remaining() {
            continuation.resume(throwing: InferenceError.shutDown)
        }
        for id in readers.keys { fail(id, InferenceError.shutDown) }
    }

    private func apply(_ message: Message) {
        switch message {
        case .start(let id, let texts, let cancellation, let continuation):
            guard !cancellation.isSet else { return continuation.resume(throwing: CancellationError()) }
            readers[id] = Reader(
                continuation: continuation, rows: Array(repeating: [], count: texts.count), missing: texts.count)
            batcher.add(id, texts)
        case .cancel(let id):
            fail(id, CancellationError())
        }
    }

    private func step() {
        guard let plan = batcher.plan() else { return }
        do {
            try executable.run(plan.batch)
        } catch {
            for id in Set(plan.members.map(\.request)) { fail(id, InferenceError.stepFailed(error)) }
            return
        }
        let rows = executable.output(0)
        let width = executable.outputWidth
        for (index, member) in plan.members.enumerated() {
            readers[member.request]?.rows[member.text] = Array(rows[index * width..<(index + 1) * width])
            readers[member.request]?.missing -= 1
            if readers[member.request]?.missing == 0 { finish(member.request) }
        }
    }

    private func finish(_ id: RequestID) {
        batcher.remove(id)
        guard let reader = readers.removeValue(forKey: id) else { return }
        reader.continuation.resume(returning: reader.rows)
    }

    private func fail(_ id: RequestID, _ error: any Error) {
        batcher.remove(id)
        readers.removeValue(forKey: id)?.continuation.resume(throwing: error)
    }
}

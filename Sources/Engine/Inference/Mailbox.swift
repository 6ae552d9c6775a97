#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Messages for a thread that sleeps until there are some.
///
/// Any thread may post or close; one thread takes. Messages of one sender are taken in the order in which they were
/// posted, those of several senders in the order in which they got the lock. A message that is posted while the mailbox
/// closes is either refused (`post` returns false, and the sender knows) or found by `remaining`, which the reader
/// calls after `take` has returned nil: none is lost between the two. The condition is signalled with the mutex locked,
/// and a reader looks for messages with the mutex locked before it sleeps, so that it misses none.
final class Mailbox<Message: Sendable>: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var messages: [Message] = []
    private var isClosed = false

    init() {
        mutex = .allocate(capacity: 1)
        condition = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// - Returns: false where the mailbox is closed and nobody will read the message.
    @discardableResult
    func post(_ message: Message) -> Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        guard !isClosed else { return false }
        messages.append(message)
        pthread_cond_signal(condition)
        return true
    }

    /// No more messages; the reader sees nil at once.
    func close() {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        isClosed = true
        pthread_cond_signal(condition)
    }

    /// The messages posted since the last call, nil once the mailbox is closed.
    /// - Parameter waiting: sleep until there is a message; otherwise the result may be empty.
    func take(waiting: Bool) -> [Message]? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while waiting, messages.isEmpty, !isClosed { pthread_cond_wait(condition, mutex) }
        guard !isClosed else { return nil }
        defer { messages = [] }
        return messages
    }

    /// What was posted before the mailbox closed and never taken.
    func remaining() -> [Message] {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        defer { messages = [] }
        return messages
    }
}

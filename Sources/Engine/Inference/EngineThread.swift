import Compute
import Locking

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A thread of our own for work that computes and never suspends.
struct EngineThread: @unchecked Sendable {
    private let handle: pthread_t

    /// - Returns: nil where the system has no thread left.
    init?(_ body: @escaping @Sendable () -> Void) {
        let start = Unmanaged.passRetained(Start(body))
        #if canImport(Darwin)
            var created: pthread_t?
        #else
            var created: pthread_t = 0
        #endif
        let status = pthread_create(&created, nil, enter, start.toOpaque())
        #if canImport(Darwin)
            guard status == 0, let created else {
                start.release()
                return nil
            }
        #else
            guard status == 0 else {
                start.release()
                return nil
            }
        #endif
        handle = created
    }

    /// Takes a loop to a thread of its own, which runs it and frees it.
    /// - Throws: `ComputeError.outOfMemory` where the system gives no thread.
    static func running<Loop>(
        _ loop: sending Loop, _ run: @escaping @Sendable (Loop) -> Void
    ) throws(ComputeError) -> EngineThread {
        let handover = Handover(loop)
        guard let thread = EngineThread({ if let loop = handover.take() { run(loop) } }) else {
            throw .outOfMemory(bytes: 0, purpose: "the engine's thread")
        }
        return thread
    }

    /// Waits until the thread has ended. Blocks: not for the cooperative pool. Once only.
    func join() {
        pthread_join(handle, nil)
    }

    /// Lets the thread end by itself.
    func detach() {
        pthread_detach(handle)
    }
}

private final class Start: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
        self.body = body
    }
}

private func enter(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    Unmanaged<Start>.fromOpaque(context).takeRetainedValue().body()
    return nil
}

/// Hands a value that cannot be shared to another thread, once.
private final class Handover<Value>: @unchecked Sendable {
    private let value: Locked<Value?>

    init(_ value: sending Value) {
        self.value = Locked(value)
    }

    func take() -> Value? { value.withLock { $0.take() } }
}

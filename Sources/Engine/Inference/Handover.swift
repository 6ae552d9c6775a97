import Locking

/// Hands a value that cannot be shared to another thread, once.
final class Handover<Value>: @unchecked Sendable {
    private let value: Locked<Value?>

    init(_ value: sending Value) {
        self.value = Locked(value)
    }

    func take() -> Value? { value.withLock { $0.take() } }
}

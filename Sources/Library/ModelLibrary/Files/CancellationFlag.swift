import Synchronization

/// Tells work on a blocking thread that nobody waits for it any more.
package final class CancellationFlag: Sendable {
    private let flag = Atomic(false)

    package init() {}

    package var isCancelled: Bool { flag.load(ordering: .relaxed) }

    package func cancel() { flag.store(true, ordering: .relaxed) }

    package func check() throws(ModelLibraryError) {
        if isCancelled { throw .cancelled }
    }
}

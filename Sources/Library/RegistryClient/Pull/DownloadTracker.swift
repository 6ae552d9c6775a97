import Locking

/// How far the parts of a download are, told by those who fetch them and read by those who hash and report.
final class DownloadTracker: Sendable {
    private let state: Locked<ResumeState>

    init(_ state: ResumeState) {
        self.state = Locked(state)
    }

    func update(_ part: BlobPart) {
        state.withLock { $0.parts[part.number] = part }
    }

    var completed: Int { state.withLock { $0.completed } }
    var frontier: Int { state.withLock { $0.frontier } }
    var size: Int { state.withLock { $0.size } }
}

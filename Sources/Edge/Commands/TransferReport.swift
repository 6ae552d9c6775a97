import APITypes
import Terminal

/// Shows the statuses of a pull or a create as they arrive.
struct TransferReport {
    private var display: ProgressDisplay

    init(terminal: Terminal) {
        display = ProgressDisplay(terminal: terminal)
    }

    mutating func show(_ update: ProgressResponse) {
        guard !update.digest.isEmpty, update.total > 0 else {
            display.status(update.status)
            return
        }
        // As Ollama does: a layer appears with its first bytes.
        guard update.completed > 0 else { return }
        let digest = update.digest.split(separator: ":").last.map { String($0.prefix(12)) } ?? update.digest
        let label = update.status.hasPrefix("pulling ") ? "pulling \(digest)" : update.status
        display.progress(label: label, completed: update.completed, total: update.total)
    }

    mutating func finish() { display.finish() }
}

/// Sends `updates` to the terminal until they end.
func report(
    _ updates: some AsyncSequence<ProgressResponse, any Error>, on terminal: Terminal = .standard
) async throws {
    var report = TransferReport(terminal: terminal)
    do {
        for try await update in updates {
            report.show(update)
        }
    } catch {
        report.finish()
        throw error
    }
    report.finish()
}

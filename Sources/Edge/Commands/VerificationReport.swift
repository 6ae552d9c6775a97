package import APITypes
package import Terminal

/// Shows how a verification goes, and what it found.
package struct VerificationReport {
    package private(set) var foundDamage = false
    private let terminal: Terminal
    private var display: ProgressDisplay

    package init(terminal: Terminal) {
        self.terminal = terminal
        display = ProgressDisplay(terminal: terminal)
    }

    package mutating func show(_ line: VerifyResponse) {
        guard !line.model.isEmpty else {
            if line.total > 0 { display.progress(label: line.status, completed: line.completed, total: line.total) }
            return
        }
        display.clear()
        for text in Self.lines(of: line) { terminal.writeLine(text) }
        if !line.damage.isEmpty { foundDamage = true }
    }

    package mutating func finish() { display.clear() }

    /// What was found of a model, and what to do about it.
    package static func lines(of result: VerifyResponse) -> [String] {
        let name = result.model.printableLine()
        guard !result.damage.isEmpty else { return ["\(name): ok"] }
        let parts = result.damage.map { damage in
            let blob = damage.digest.isEmpty ? damage.part : "\(damage.part) \(damage.digest)"
            return "  \(blob): \(damage.reason)".printableLine()
        }
        return ["\(name): damaged"] + parts + ["  remove it (apus rm \(name)), then pull or create it again"]
    }
}

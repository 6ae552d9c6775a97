/// Statuses and bars of a long operation, on standard error: redrawn in place on a terminal, plain lines elsewhere.
package struct ProgressDisplay: Sendable {
    private enum Line: Sendable {
        case status(String)
        case bar(ProgressBar)
    }

    private static let spinner: [Character] = Array("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏")
    private static let redrawInterval = Duration.milliseconds(100)
    /// Characters of a status that are kept.
    private static let longestLine = 300
    /// Lines that are drawn again; those before them stay as they are.
    private static let mostLines = 20

    private let terminal: Terminal
    private let start = ContinuousClock.now
    private var lines: [Line] = []
    private var drawnLines = 0
    private var lastDraw: ContinuousClock.Instant?
    /// Percent of each bar that plain output has printed already.
    private var printedPercent: [String: Int] = [:]

    package init(terminal: Terminal) {
        self.terminal = terminal
    }

    package mutating func status(_ text: String) {
        let text = text.printableLine(limit: Self.longestLine)
        if case .status(text) = lines.last { return tick() }
        append(.status(text))
        if terminal.errorIsTerminal {
            draw()
        } else {
            terminal.writeErrorLine(text)
        }
    }

    package mutating func progress(label: String, completed: Int, total: Int) {
        let label = label.printableLine(limit: Self.longestLine)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        var found: ProgressBar?
        for index in lines.indices {
            guard case .bar(var bar) = lines[index], bar.label == label else { continue }
            bar.update(completed: completed, total: total, at: seconds)
            lines[index] = .bar(bar)
            found = bar
        }
        if found == nil {
            var bar = ProgressBar(label: label, total: total)
            bar.update(completed: completed, total: total, at: seconds)
            append(.bar(bar))
            found = bar
        }
        tick()
        if !terminal.errorIsTerminal, let found { printPlain(found) }
    }

    /// Leaves the statuses and bars on the screen.
    package mutating func finish() {
        if terminal.errorIsTerminal, !lines.isEmpty { draw(finished: true) }
        lines = []
        drawnLines = 0
    }

    /// Removes everything that was drawn.
    package mutating func clear() {
        if drawnLines > 0 { terminal.writeErrorCodes("\u{1B}[\(drawnLines)A\r\u{1B}[J") }
        lines = []
        drawnLines = 0
    }

    private mutating func append(_ line: Line) {
        lines.append(line)
        if !terminal.errorIsTerminal { leaveOldLines() }
    }

    private mutating func leaveOldLines() {
        if lines.count > Self.mostLines { lines.removeFirst(lines.count - Self.mostLines) }
    }

    private mutating func tick() {
        guard terminal.errorIsTerminal else { return }
        if let lastDraw, ContinuousClock.now - lastDraw < Self.redrawInterval { return }
        draw()
    }

    private mutating func draw(finished: Bool = false) {
        lastDraw = .now
        var output = drawnLines > 0 ? "\u{1B}[\(drawnLines)A\r" : ""
        let width = terminal.width
        for (index, line) in lines.enumerated() {
            switch line {
            case .status(let text):
                let isRunning = !finished && index == lines.count - 1
                // A line that wrapped would be counted as one, and left behind by the next drawing.
                output += text.prefix(columns: width - 3) + (isRunning ? " \(spinnerFrame)" : " ")
            case .bar(let bar): output += bar.line(width: width).prefix(columns: width - 1)
            }
            output += "\u{1B}[K\n"
        }
        leaveOldLines()
        drawnLines = lines.count
        terminal.writeErrorCodes(output)
    }

    private var spinnerFrame: Character {
        let frame = Int((ContinuousClock.now - start) / Self.redrawInterval)
        return Self.spinner[frame % Self.spinner.count]
    }

    private mutating func printPlain(_ bar: ProgressBar) {
        let step = bar.percent / 10 * 10
        guard step > (printedPercent[bar.label] ?? -1) else { return }
        printedPercent[bar.label] = step
        terminal.writeErrorLine("\(bar.label): \(bar.percent)% of \(ByteCount(bar.total))")
    }
}

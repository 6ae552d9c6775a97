package import APITypes
import Terminal

/// Prints an answer as it arrives: thinking apart from content, words wrapped.
package struct AnswerPrinter {
    private let terminal: Terminal
    private let settings: ChatSettings
    private var wrapper: WordWrapper?
    private var isThinking = false
    private var lastThought: Character?

    init(_ settings: ChatSettings, _ terminal: Terminal) {
        self.terminal = terminal
        self.settings = settings
        wrapper = settings.wrapsWords ? WordWrapper(terminalWidth: terminal.width) : nil
    }

    mutating func show(thinking: String, content: String) {
        if !thinking.isEmpty, settings.showsThinking {
            if !isThinking {
                isThinking = true
                writeCodes("\u{1B}[90m")
                write("Thinking...\n")
            }
            write(thinking)
            lastThought = thinking.last
        }
        if !content.isEmpty {
            endThinking()
            write(content)
        }
    }

    /// Ends the answer with a blank line, what the user has to know, and the statistics where they are wanted.
    mutating func finish(_ metrics: Metrics?) {
        endThinking()
        terminal.write("\n\n")
        if let warning = metrics.flatMap(Self.warning) { terminal.writeErrorLine(warning) }
        if settings.isVerbose, let metrics { terminal.writeError(Self.statistics(metrics)) }
    }

    private mutating func endThinking() {
        guard isThinking else { return }
        isThinking = false
        if lastThought != "\n" { write("\n") }
        write("...done thinking.\n\n")
        writeCodes("\u{1B}[0m")
    }

    /// Colours, for terminals only.
    private func writeCodes(_ codes: String) {
        if terminal.outputIsTerminal { terminal.writeCodes(codes) }
    }

    /// A file gets what the model wrote, a terminal what cannot steer it.
    private mutating func write(_ text: String) {
        let text = terminal.outputIsTerminal ? text.printable : text
        terminal.writeCodes(wrapper?.wrap(text) ?? text)
    }

    package static func warning(_ metrics: Metrics) -> String? {
        guard metrics.truncated else { return nil }
        return "The prompt was longer than the context and was truncated; a larger num_ctx keeps more of it."
    }

    package static func statistics(_ metrics: Metrics) -> String {
        var lines: [String] = []
        func add(_ label: String, _ value: String?) {
            guard let value else { return }
            lines.append(label + String(repeating: " ", count: 22 - label.count) + value)
        }
        func duration(_ nanoseconds: Int) -> String? {
            nanoseconds > 0 ? GoDuration(nanoseconds: nanoseconds).description : nil
        }
        func rate(_ count: Int, _ nanoseconds: Int) -> String? {
            guard count > 0, nanoseconds > 0 else { return nil }
            return "\(hundredths(Double(count) / Double(nanoseconds) * 1e9)) tokens/s"
        }
        add("total duration:", duration(metrics.totalDuration))
        add("load duration:", duration(metrics.loadDuration))
        add("prompt eval count:", metrics.promptEvalCount > 0 ? "\(metrics.promptEvalCount) token(s)" : nil)
        add("prompt eval duration:", duration(metrics.promptEvalDuration))
        add("prompt eval rate:", rate(metrics.promptEvalCount, metrics.promptEvalDuration))
        add("eval count:", metrics.evalCount > 0 ? "\(metrics.evalCount) token(s)" : nil)
        add("eval duration:", duration(metrics.evalDuration))
        add("eval rate:", rate(metrics.evalCount, metrics.evalDuration))
        add("draft count:", metrics.draftCount > 0 ? "\(metrics.draftCount) token(s)" : nil)
        add("draft acceptance:", share(metrics.draftAcceptedCount, of: metrics.draftCount))
        return lines.map { $0 + "\n" }.joined()
    }

    /// `87.50% (35 of 40)`.
    private static func share(_ part: Int, of whole: Int) -> String? {
        guard whole > 0 else { return nil }
        return "\(hundredths(Double(part) / Double(whole) * 100))% (\(part) of \(whole))"
    }

    /// With two decimals. The counts are a server's, which may say anything.
    private static func hundredths(_ value: Double) -> String {
        let hundredths = Int(held: max(0, (value * 100).rounded()))
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}

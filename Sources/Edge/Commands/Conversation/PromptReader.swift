import Dispatch
import Terminal

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Reads what a person types at the prompt.
struct PromptReader: Sendable {
    enum Input: Sendable {
        case line(String)
        case interrupted(wasEmpty: Bool)
        case ended
    }

    private let terminal: Terminal
    private let queue = DispatchQueue(label: "apus.prompt")

    init(terminal: Terminal) {
        self.terminal = terminal
    }

    /// Waits for a line on a thread of its own.
    func read(prompt: String, placeholder: String, history: [String]) async -> Input {
        await withCheckedContinuation { continuation in
            queue.async {
                continuation.resume(returning: edit(prompt: prompt, placeholder: placeholder, history: history))
            }
        }
    }

    private func edit(prompt: String, placeholder: String, history: [String]) -> Input {
        guard var mode = RawMode() else { return .ended }
        terminal.write("\u{1B}[?2004h")
        defer { terminal.write("\u{1B}[?2004l") }
        var editor = LineEditor(history: history)
        var renderer = LineRenderer(prompt: prompt, placeholder: placeholder)
        var decoder = KeyDecoder()
        terminal.write(renderer.draw(editor, width: terminal.width))
        while true {
            let bytes = terminal.readSome()
            guard !bytes.isEmpty else { return .ended }
            for key in decoder.decode(bytes) {
                switch editor.handle(key) {
                case .editing: break
                case .submitted(let text):
                    terminal.write(renderer.finish(editor, width: terminal.width))
                    return .line(text)
                case .interrupted(let wasEmpty):
                    terminal.write(renderer.finish(editor, width: terminal.width))
                    return .interrupted(wasEmpty: wasEmpty)
                case .ended:
                    terminal.write(renderer.finish(editor, width: terminal.width))
                    return .ended
                case .clearScreen: terminal.write("\u{1B}[H\u{1B}[2J")
                case .suspend:
                    mode.suspend { _ = kill(0, SIGTSTP) }
                case .externalEditor(let text):
                    var changed = text
                    mode.suspend { changed = ExternalEditor.edit(text) }
                    editor = LineEditor(history: history, text: changed)
                }
            }
            terminal.write(renderer.draw(editor, width: terminal.width))
        }
    }
}

/// The person's own editor, for a long prompt.
enum ExternalEditor {
    /// The text as the editor left it; the old text where no editor runs.
    static func edit(_ text: String) -> String {
        let environment = ProcessInfo.processInfo.environment
        let editor = ["OLLAMA_EDITOR", "VISUAL", "EDITOR"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        let file = FileManager.default.temporaryDirectory.appending(path: "apus-prompt-\(getpid()).txt")
        defer { try? FileManager.default.removeItem(at: file) }
        guard (try? Data(text.utf8).write(to: file)) != nil else { return text }
        // The setting may hold options, so a shell splits it, as other programs do.
        let command = ["sh", "-c", "\(editor ?? "vi") \"$1\"", "sh", file.path]
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process: pid_t = 0
        guard posix_spawn(&process, "/bin/sh", nil, nil, &arguments, environ) == 0 else { return text }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        guard status == 0, let data = FileManager.default.contents(atPath: file.path) else { return text }
        var changed = String(decoding: data, as: UTF8.self)
        if changed.last == "\n" { changed.removeLast() }
        return changed
    }
}

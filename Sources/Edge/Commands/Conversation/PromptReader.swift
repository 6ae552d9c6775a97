import Dispatch
import Locking
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
    private let mode: KeyboardMode
    private let queue = DispatchQueue(label: "apus.prompt")
    /// Keys typed ahead: what came with the end of a line belongs to the next.
    private let unread = Locked<[Key]>([])

    /// Nil where standard input is no terminal.
    init?(terminal: Terminal) {
        guard let mode = KeyboardMode() else { return nil }
        self.terminal = terminal
        self.mode = mode
    }

    /// Waits for a line on a thread of its own.
    func read(prompt: String, placeholder: String, history: [String]) async -> Input {
        await withCheckedContinuation { continuation in
            queue.async {
                continuation.resume(returning: edit(prompt: prompt, placeholder: placeholder, history: history))
            }
        }
    }

    /// Runs `body` while Ctrl-C is a signal; otherwise it is a key, which waits for the prompt.
    func answering<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        mode.answering()
        defer { mode.editing() }
        return try await body()
    }

    private func edit(prompt: String, placeholder: String, history: [String]) -> Input {
        mode.editing()
        terminal.writeCodes("\u{1B}[?2004h")
        defer { terminal.writeCodes("\u{1B}[?2004l") }
        var editor = LineEditor(history: history)
        var renderer = LineRenderer(prompt: prompt, placeholder: placeholder)
        var decoder = KeyDecoder()
        var keys = unread.withLock { typed in
            defer { typed = [] }
            return typed[...]
        }
        while true {
            while let key = keys.popFirst() {
                switch editor.handle(key) {
                case .editing: break
                case .submitted(let text):
                    terminal.writeCodes(renderer.finish(editor, width: terminal.width))
                    unread.withLock { $0 = Array(keys) }
                    return .line(text)
                case .interrupted(let wasEmpty):
                    terminal.writeCodes(renderer.finish(editor, width: terminal.width))
                    return .interrupted(wasEmpty: wasEmpty)
                case .ended:
                    terminal.writeCodes(renderer.finish(editor, width: terminal.width))
                    return .ended
                case .clearScreen: terminal.writeCodes("\u{1B}[H\u{1B}[2J")
                case .suspend:
                    mode.usual()
                    kill(0, SIGTSTP)
                    mode.editing()
                case .externalEditor(let text):
                    mode.usual()
                    editor = LineEditor(history: history, text: ExternalEditor.edit(text))
                    mode.editing()
                }
            }
            terminal.writeCodes(renderer.draw(editor, width: terminal.width))
            let bytes = terminal.readSome()
            guard !bytes.isEmpty else { return .ended }
            keys = decoder.decode(bytes)[...]
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

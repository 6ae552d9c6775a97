#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How the terminal hands over what is typed, for the length of a conversation; at its end the mode is as before.
package final class KeyboardMode: Sendable {
    private let original: termios

    /// Nil where standard input is no terminal.
    package init?() {
        var mode = termios()
        guard tcgetattr(STDIN_FILENO, &mode) == 0 else { return nil }
        original = mode
    }

    deinit { usual() }

    /// Keys come one by one, also Ctrl-C, and nothing is echoed.
    package func editing() {
        var mode = unechoed
        mode.c_lflag &= ~tcflag_t(ISIG)
        apply(mode)
    }

    /// Ctrl-C is a signal again. What is typed ahead waits unseen, its Enter still an Enter.
    package func answering() { apply(unechoed) }

    /// As the terminal was.
    package func usual() { apply(original) }

    private var unechoed: termios {
        var mode = original
        mode.c_iflag &= ~tcflag_t(BRKINT | ICRNL | INPCK | ISTRIP | IXON)
        mode.c_cflag |= tcflag_t(CS8)
        mode.c_lflag &= ~tcflag_t(ECHO | ICANON | IEXTEN)
        return mode
    }

    private func apply(_ mode: termios) {
        var mode = mode
        _ = tcsetattr(STDIN_FILENO, TCSADRAIN, &mode)
    }
}

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The process's standard streams: what they are connected to, and unbuffered writing to them.
package struct Terminal: Sendable {
    package let inputIsTerminal: Bool
    package let outputIsTerminal: Bool
    package let errorIsTerminal: Bool

    package static let standard = Terminal(
        inputIsTerminal: isatty(STDIN_FILENO) == 1, outputIsTerminal: isatty(STDOUT_FILENO) == 1,
        errorIsTerminal: isatty(STDERR_FILENO) == 1)

    /// Columns of the terminal; 80 where there is none.
    package var width: Int {
        var size = winsize()
        for descriptor in [STDOUT_FILENO, STDERR_FILENO, STDIN_FILENO]
        where ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 {
            return Int(size.ws_col)
        }
        return 80
    }

    /// Results. A terminal gets them printable; a file or a pipe byte for byte.
    package func write(_ text: String) { writeCodes(outputIsTerminal ? text.printable : text) }
    package func writeLine(_ text: String = "") { write(text + "\n") }
    /// Progress and other words for a person.
    package func writeError(_ text: String) { writeErrorCodes(errorIsTerminal ? text.printable : text) }
    package func writeErrorLine(_ text: String) { writeError(text + "\n") }
    /// An error or a warning: one line of bounded length, whatever `text` holds.
    package func writeNotice(_ text: String) { writeErrorLine(text.printableLine()) }

    /// Results with escape codes of our own; what others wrote has been made printable before.
    package func writeCodes(_ text: String) { Self.write(text, to: STDOUT_FILENO) }
    /// The same to standard error.
    package func writeErrorCodes(_ text: String) { Self.write(text, to: STDERR_FILENO) }

    /// All of standard input.
    package func readAll() -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
        }
    }

    /// The next bytes of standard input; empty at its end.
    package func readSome() -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            return count > 0 ? Array(buffer[..<count]) : []
        }
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { bytes in
            var rest = bytes[...]
            while let base = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[rest.indices]).baseAddress,
                !rest.isEmpty
            {
                #if canImport(Glibc)
                    let written = Glibc.write(descriptor, base, rest.count)
                #elseif canImport(Musl)
                    let written = Musl.write(descriptor, base, rest.count)
                #else
                    let written = Darwin.write(descriptor, base, rest.count)
                #endif
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { return }
                rest = rest.dropFirst(written)
            }
        }
    }
}

import APIClient
import ArgumentParser
import Terminal

/// The whole program, but for the process's exit.
package enum EntryPoint {
    /// Runs the command that `arguments` name (the program's own name not among them).
    /// - Returns: the exit code: 0, or 1 after one line `Error: …` on standard error.
    package static func run(_ arguments: [String]) async -> Int32 {
        let terminal = Terminal.standard
        do {
            try CommandNames.check(arguments)
            var command = try RootCommand.parseAsRoot(arguments == ["-v"] ? ["--version"] : arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return 0
        } catch let error as ExitCode {
            return error.rawValue
        } catch  where RootCommand.exitCode(for: error) == .success {
            terminal.writeLine(RootCommand.message(for: error))
            return 0
        } catch {
            terminal.writeNotice("Error: \(message(for: error))")
            return 1
        }
    }

    private static func message(for error: any Error) -> String {
        if RootCommand.exitCode(for: error) == .validationFailure { return RootCommand.message(for: error) }
        return "\(error)"
    }
}

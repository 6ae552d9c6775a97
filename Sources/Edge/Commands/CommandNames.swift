import ArgumentParser
import ModelLibrary

/// The words of a command line that name commands.
package enum CommandNames {
    /// Refuses a word where a command's name should be, and names the command that was probably meant.
    /// - Parameter arguments: without the program's own name.
    /// - Throws: `CommandError`.
    package static func check(_ arguments: [String]) throws {
        try check(arguments[...], of: RootCommand.self, after: RootCommand._commandName)
    }

    private static func check(
        _ arguments: ArraySlice<String>, of parent: any ParsableCommand.Type, after path: String
    ) throws {
        let commands = parent.configuration.subcommands
        guard !commands.isEmpty, let word = arguments.first, !word.hasPrefix("-"), word != "help" else { return }
        if let command = commands.first(where: { names(of: $0).contains(word) }) {
            return try check(arguments.dropFirst(), of: command, after: "\(path) \(word)")
        }
        let hint = NearestName.hint(for: word, among: commands.flatMap(names))
        throw CommandError("unknown command \"\(word)\" for \"\(path)\"\(hint)")
    }

    private static func names(of command: any ParsableCommand.Type) -> [String] {
        [command._commandName] + command.configuration.aliases
    }
}

import ArgumentParser

/// The command line, a list of commands.
struct RootCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apus",
        abstract: "Runs large language models on this machine.",
        subcommands: [
            ServeCommand.self, RunCommand.self, EmbedCommand.self, PullCommand.self, CreateCommand.self,
            ShowCommand.self, ListCommand.self, PsCommand.self, StopCommand.self, CopyCommand.self, RemoveCommand.self,
            VerifyCommand.self, InspectCommand.self, BenchCommand.self, ProbeCommand.self,
        ])

    /// Also `-v`, as long as nothing follows (`EntryPoint`): as an option of its own it would take that of `show`.
    @Flag(help: "Show the version (also -v).")
    var version = false

    func run() async throws {
        guard version else { throw CleanExit.helpRequest() }
        await VersionReport.print()
    }
}

import ArgumentParser
import ModelLibrary

/// Tools that show each part of the way from text to text, without a server.
struct ProbeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe", abstract: "Look at a model's parts: tokens, logits, prompt, program.",
        discussion: "MODEL is a name in the store or the path of a GGUF file. No server is needed.",
        subcommands: [
            TokenizeProbe.self, DetokenizeProbe.self, LogitsProbe.self, GenerateProbe.self, RenderProbe.self,
            PerplexityProbe.self, ExplainProbe.self, EmbedProbe.self, GrammarProbe.self,
            ModelsProbe.self,
        ])
}

/// Runs work that computes or reads files on a thread of its own.
func offPool(_ body: @escaping @Sendable () throws -> Void) async throws {
    try await BlockingThreads.shared.run(body)
}

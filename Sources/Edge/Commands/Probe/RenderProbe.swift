import Architectures
import ArgumentParser
import Chat
import JSON
import OrderedCollections
import Templating
import Terminal
import Tokenization

struct RenderProbe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render", abstract: "Write a conversation as a prompt.",
        discussion: """
            TEMPLATE is a file ending in .jinja (its variables are the input's keys) or .gotmpl, or else a model, by name or \
            path. The input is a JSON object with messages and, as wanted, tools, prompt, suffix.
            """)

    @Argument(help: "A template file or a model.") var template: String
    @Option(help: "The JSON file with the conversation.", completion: .file()) var input: String
    @OptionGroup var output: ProbeOutput

    func run() async throws {
        try await offPool {
            let input = try JSONParser.parse(try InputFile.contents(of: input))
            guard case .object(let variables) = input else { throw CommandError("\(self.input) holds no JSON object") }
            let prompt: String
            if template.hasSuffix(".jinja") {
                let source = String(decoding: try InputFile.contents(of: template), as: UTF8.self)
                prompt = try JinjaTemplate(source).render(variables).text
            } else if template.hasSuffix(".gotmpl") {
                let source = String(decoding: try InputFile.contents(of: template), as: UTF8.self)
                prompt = try render(
                    ChatFormatRegistry.format(template: source, chatTemplate: nil, specials: .init()), input)
            } else {
                let model = try LocalModel(template)
                let format = try ChatFormatRegistry.format(
                    template: model.template, metadata: model.source.metadata,
                    vocabulary: try model.tokenizer().vocabulary)
                prompt = try render(format, input)
            }
            output.print(["prompt": .string(prompt)]) { prompt }
        }
    }

    private func render(_ format: any ChatFormat, _ input: JSONValue) throws -> String {
        if let suffix = input["suffix"]?.stringValue {
            return try format.renderInfill(prefix: input["prompt"]?.stringValue ?? "", suffix: suffix).text
        }
        return try format.render(Conversation(json: input)).text
    }
}

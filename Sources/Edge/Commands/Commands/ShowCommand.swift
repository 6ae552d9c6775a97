import APIClient
import APITypes
import ArgumentParser
import Terminal

struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show what a model is made of.")

    @Argument var model: String
    @Flag(help: "Show the license.") var license = false
    @Flag(help: "Show the Modelfile.") var modelfile = false
    @Flag(help: "Show the parameters.") var parameters = false
    @Flag(help: "Show the template.") var template = false
    @Flag(help: "Show the system message.") var system = false
    @Flag(name: .shortAndLong, help: "Show metadata and tensors.") var verbose = false

    func run() async throws {
        guard [license, modelfile, parameters, template, system].count(where: { $0 }) <= 1 else {
            throw CommandError(
                "only one of '--license', '--modelfile', '--parameters', '--system', or '--template' can be specified")
        }
        let client = try await Connection.client()
        let response = try await client.hinting(at: model) {
            try await client.show(ShowRequest(model: model, verbose: verbose))
        }
        Terminal.standard.write(text(of: response))
    }

    func text(of response: ShowResponse) -> String {
        if license { return response.license + "\n" }
        if modelfile { return response.modelfile + "\n" }
        if parameters { return response.parameters + "\n" }
        if template { return response.template }
        if system { return response.system }
        return ModelDescription(response, verbose: verbose).text
    }
}

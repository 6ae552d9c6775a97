import Architectures
import ArgumentParser
import Compute
import JSON
import OrderedCollections

struct ExplainProbe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Print the program that computes a model.")

    @Argument var model: String
    @OptionGroup var output: ProbeOutput

    func run() async throws {
        try await offPool {
            let model = try LocalModel(model).program()
            let listing = ProgramPrinter(model.program, plan: ExecutionPlan(model.program)).listing
            output.print(["architecture": .string(model.architecture), "program": .string(listing)]) { listing }
        }
    }
}

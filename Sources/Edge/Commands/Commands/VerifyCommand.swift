import APIClient
import APITypes
import ArgumentParser
import Terminal

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check that stored models are undamaged.",
        discussion: "Every byte is read and compared with its digest. The exit code is 1 where a model is damaged.")

    @Argument(help: "Names of models; default: all.")
    var models: [String] = []

    func run() async throws {
        let client = try await Connection.client(startingServer: true)
        var report = VerificationReport(terminal: .standard)
        do {
            for try await line in try await client.verify(VerifyRequest(models: models)) { report.show(line) }
        } catch let error as APIClientError where error.isNotFound && models.count == 1 {
            report.finish()
            throw CommandError("\(error)" + (await client.hint(for: models[0])))
        } catch {
            report.finish()
            throw error
        }
        report.finish()
        if report.foundDamage { throw ExitCode.failure }
    }
}

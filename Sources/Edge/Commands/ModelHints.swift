import APIClient
import APITypes
import ModelLibrary

extension OllamaClient {
    /// Runs `work`; where the server does not know `model`, the error names the stored one that was probably meant.
    func hinting<Result>(at model: String, _ work: () async throws -> Result) async throws -> Result {
        do {
            return try await work()
        } catch let error as APIClientError where error.isNotFound {
            throw CommandError("\(error)" + (await hint(for: model)))
        }
    }

    /// `; did you mean "m"?` with the stored model that is spelled most like `model`, or nothing.
    func hint(for model: String) async -> String {
        guard let models = try? await list().models else { return "" }
        return NearestName.hint(forModel: model, among: models.map(\.name))
    }
}

import Architectures
import GGUF
import Locking
import ModelLibrary
import SystemPackage
import Tokenization

/// Reads the tokenizers of models that are not in memory, and keeps the last ones. Their weights are not touched.
final class ModelTokenizers: Sendable {
    private static let keptTokenizers = 4
    /// By the path of the model file, whose name is its digest.
    private let known = Locked<[FilePath: any Tokenizer]>([:])

    /// Blocks on the disk at the first call, and while another tokenizer is made: a burst of requests makes one.
    /// - Throws: `modelUnusable` with what is wrong with the file.
    func tokenizer(of model: StoredModel) throws -> any Tokenizer {
        let name = model.name.description
        guard let path = model.modelPath else {
            throw GenerationError.modelUnusable(model: name, reason: "it has no weights on this machine")
        }
        return try known.withLock { known in
            if let tokenizer = known[path] { return tokenizer }
            let tokenizer: any Tokenizer
            do {
                let contents = try ModelContents(GGUFFile(contentsOf: path))
                tokenizer = try TokenizerFactory.make(contents.metadata)
                try contents.file.checkIntact()
            } catch {
                throw GenerationError.modelUnusable(model: name, reason: "\(error)")
            }
            if known.count >= Self.keptTokenizers { known.removeAll() }
            known[path] = tokenizer
            return tokenizer
        }
    }
}

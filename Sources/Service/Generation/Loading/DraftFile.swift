import Architectures
package import Compute
import Inference
package import Tokenization

/// A model file that guesses ahead for another.
package struct DraftFile: Sendable {
    /// Tokens that one of the vocabularies may have more: files pad them to round numbers.
    private static let padding = 256

    private let file: ModelFile
    private let name: String

    /// Opens the file of `source`. Blocks on the disk.
    /// - Returns: nil where it does not go with `model`, and was only offered.
    /// - Throws: `draftUnusable` or, where the draft comes with the model, `modelUnusable`, with what is wrong with it.
    package init?(_ source: DraftSource, for file: ModelFile, model: String) throws(GenerationError) {
        name = source.name
        do {
            self.file = try Self.open(source, for: file)
        } catch {
            switch source.origin {
            case .offered: return nil
            case .named: throw error
            case .own: throw .modelUnusable(model: model, reason: error.description)
            }
        }
    }

    /// - Throws: `draftUnusable`.
    private static func open(_ source: DraftSource, for file: ModelFile) throws(GenerationError) -> ModelFile {
        let draft: ModelFile
        do {
            draft = try ModelFile(contentsOf: source.path, model: source.name)
            try draft.checkGenerates(source.name)
        } catch .modelUnusable(_, let reason) {
            throw .draftUnusable(draft: source.name, reason: reason)
        } catch .unsupportedCapability {
            throw .draftUnusable(draft: source.name, reason: "it makes embeddings or scores, not text")
        }
        if let difference = difference(draft.tokenizer.vocabulary, file.tokenizer.vocabulary) {
            throw .draftUnusable(
                draft: source.name,
                reason: "it has another vocabulary (\(difference)); take a smaller model of the same family, or none")
        }
        return draft
    }

    /// Whether all that was read of it so far is what it holds.
    package var isIntact: Bool { file.source.isIntact }

    /// How two vocabularies differ where tokens of one are to be read as the other's; nil where they agree.
    package static func difference(_ draft: Vocabulary, _ model: Vocabulary) -> String? {
        guard abs(draft.count - model.count) <= padding else {
            return "\(draft.count) tokens, not \(model.count)"
        }
        for token in 0..<Int32(min(draft.count, model.count))
        where draft.text(of: token) != model.text(of: token) {
            let texts = [draft, model].map { String(decoding: $0.text(of: token), as: UTF8.self) }
            return "token \(token) is \"\(texts[0])\", not \"\(texts[1])\""
        }
        return nil
    }

    /// Plans a cache beside a model that was planned as `plan`, of the same type where the draft can have it.
    /// - Parameter availableBytes: what both may take.
    package func plan(
        _ backend: any Backend, beside plan: MemoryPlan, parallelSequences: Int, availableBytes: Int,
        repacking: Repacking = .auto
    ) throws(GenerationError) -> MemoryPlan {
        let sameType = plan.limits.cacheType
        let blockTokens = plan.limits.blockTokens
        let hasType = (try? backend.footprint(of: file.program.program, sameType, blockTokens: blockTokens)) != nil
        return try file.plan(
            backend, cacheType: hasType ? sameType : .f16, contextLength: plan.limits.contextLength, batchRows: nil,
            parallelSequences: parallelSequences,
            availableBytes: max(availableBytes - plan.totalBytes, 0), repacking: repacking, model: name)
    }

    package func makeExecutable(
        _ backend: any Backend, _ limits: ExecutionLimits
    ) throws(ComputeError) -> sending any Executable {
        try file.makeExecutable(backend, limits)
    }
}

import APITypes
import Chat
import GGUF
import Generation
import Locking
import ModelLibrary

/// Finds out what models are and can do, and remembers it by the digest of their manifests.
///
/// Calls block on the disk.
final class ModelDescriber: Sendable {
    private let known = Locked<[Digest: ModelDescription]>([:])
    /// Of models that were asked for: why they cannot be run, nil for those that can.
    private let reasons = Locked<[Digest: String?]>([:])
    /// Forgets all beyond this many.
    private let capacity = 1024

    /// A model that cannot be read is described by its configuration alone.
    func describe(_ summary: ModelSummary, in store: ModelStore) -> ModelDescription {
        if let description = known.withLock({ $0[summary.digest] }) { return description }
        guard let model = try? store.model(named: summary.name) else {
            return ModelDescription(
                details: ModelDetails(summary.configuration, parentModel: summary.parentModel),
                capabilities: summary.configuration.capabilities, template: "")
        }
        return describe(model)
    }

    func describe(_ model: StoredModel) -> ModelDescription {
        if let description = known.withLock({ $0[model.digest] }) { return description }
        let file = model.modelPath.flatMap { try? GGUFFile(contentsOf: $0) }
        let description = ModelDescription(model, file?.metadata)
        remember(description, of: model, in: known)
        return description
    }

    /// Why a model's weights cannot be run, in one line; nil where they can, and where there are none. Nothing of them is
    /// read but metadata and descriptions of tensors.
    func reasonNotToRun(_ model: StoredModel) -> String? {
        if let reason = reasons.withLock({ $0[model.digest] }) { return reason }
        var found: String?
        do {
            if let path = model.modelPath { _ = try ModelFile(contentsOf: path, model: model.name.description) }
        } catch .modelUnusable(_, let reason) {
            found = reason
        } catch {
            found = error.description
        }
        remember(found, of: model, in: reasons)
        return found
    }

    private func remember<Value>(_ value: Value, of model: StoredModel, in known: Locked<[Digest: Value]>) {
        known.withLock { known in
            if known.count >= capacity { known.removeAll() }
            known[model.digest] = value
        }
    }
}

extension ModelDescription {
    /// - Parameter metadata: of the weights; nil where there are none, or where they cannot be read.
    fileprivate init(_ model: StoredModel, _ metadata: GGUFMetadata?) {
        details = ModelDetails(model.configuration, parentModel: model.summary.parentModel)
        details.contextLength = model.configuration.contextLength ?? metadata?.count(of: "context_length") ?? 0
        details.embeddingLength = model.configuration.embeddingLength ?? metadata?.count(of: "embedding_length") ?? 0
        var capabilities = model.configuration.capabilities
        let format = metadata.flatMap { try? ChatFormatRegistry.format(for: model, $0) }
        template = model.template ?? ""
        // A built-in layer is shown as Ollama shows it, though the file's template writes the prompts.
        if let jinja = format as? JinjaChatFormat, !jinja.isRenderer, !BuiltInTemplates.contain(template) {
            template = metadata?.chatTemplate ?? ""
        }
        if let metadata {
            capabilities += format?.capabilities.names ?? []
            capabilities.append(metadata.namesPooling ? "embedding" : "completion")
            if metadata.count(of: "vision.block_count") != nil || !model.projectorPaths.isEmpty {
                capabilities.append("vision")
            }
            if metadata.count(of: "audio.block_count") != nil { capabilities.append("audio") }
        }
        var seen: Set<String> = []
        self.capabilities = capabilities.filter { seen.insert($0).inserted }
    }
}

extension ChatFormatRegistry {
    /// The format that the model would talk in, as far as its capabilities go.
    fileprivate static func format(
        for model: StoredModel, _ metadata: GGUFMetadata
    ) throws(ChatError) -> any ChatFormat {
        var hints = AnswerHints(model)
        hints.architecture = metadata.text("general.architecture") ?? ""
        return try format(
            template: model.template, chatTemplate: metadata.chatTemplate,
            toolTemplate: metadata.text("tokenizer.chat_template.tool_use"), specials: SpecialTexts(), hints: hints)
    }
}

extension GGUFMetadata {
    fileprivate var chatTemplate: String? { text("tokenizer.chat_template") }

    /// A text; nil where it is missing or no text.
    fileprivate func text(_ key: String) -> String? {
        (try? value(key, as: String.self)).flatMap { $0 }
    }

    /// A count under the file's architecture; nil where it is missing or no count.
    fileprivate func count(of key: String) -> Int? {
        (try? value(architectureKey(key), as: Int.self)).flatMap { $0 }
    }
}

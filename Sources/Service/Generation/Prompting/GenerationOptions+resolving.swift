package import Architectures
import ModelLibrary
package import Options
package import Sampling

extension GenerationOptions {
    /// How tokens are chosen, as far as that can be said without a tokenizer; what is not given has the default.
    package var sampling: SamplingParameters { values.sampling }

    /// The most tokens of an answer: ten contexts where nothing, nothing positive or more is asked for.
    package func maximumTokens(contextLength: Int) -> Int {
        let most = contextLength.multipliedReportingOverflow(by: 10)
        let bound = most.overflow ? Int.max : most.partialValue
        guard let numPredict = self.numPredict, numPredict > 0 else { return bound }
        return min(numPredict, bound)
    }

    package func loadOptions(
        _ settings: GenerationSettings, draft: DraftSource? = nil, purpose: ModelPurpose = .own
    ) -> LoadOptions {
        let context = self.numContext.flatMap { $0 > 0 ? $0 : nil }
        return LoadOptions(
            contextLength: context ?? settings.contextLength, batchRows: self.numBatch.flatMap { $0 > 0 ? $0 : nil },
            draft: draft, purpose: purpose)
    }

    /// Tokens at the beginning that stay when a context is full: all of the prompt where negative.
    package var keptTokens: Int { value(OptionCatalog.shared.numKeep) ?? 0 }

    /// What holds for each option of a model, and who said so.
    /// - Parameter parameters: the model's own.
    package static func effective(
        request: GenerationOptions = .init(), parameters: GenerationOptions, _ settings: GenerationSettings
    ) -> [EffectiveOption] {
        var server = GenerationOptions()
        server.numContext = settings.contextLength
        server.draft = settings.draftModel?.description
        return EffectiveOption.all([
            (.request, request.values), (.model, parameters.values), (.server, server.values),
        ])
    }
}

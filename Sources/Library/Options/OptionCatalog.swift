import Sampling

/// Every option of requests and Modelfiles. What decodes them, checks them, lists them and explains them reads this list.
package struct OptionCatalog: Sendable {
    package static let shared = OptionCatalog()

    // How tokens are chosen, in the order of the stages.
    package let seed = OptionKey<Int>(
        "seed", .ollama, .sampling, .decided("random"), "the same number repeats an answer; a negative one is random"
    ) { $1.seed = UInt64(exactly: $0) }
    package let logitBias = OptionKey<TokenBiases>(
        "logit_bias", .llamaCpp, .sampling, .decided("none"),
        "what to add to the logits of tokens, by index or text: {\"15\": -1, \"text\": 2}, [[\"15\", false]]"
    ) { $1.logitBias = $0.tokens }
    package let repeatPenalty = OptionKey<Float>(
        "repeat_penalty", .ollama, \.repeatPenalty,
        "how much less likely repeated tokens are; 1, or not positive: as likely")
    package let presencePenalty = OptionKey<Float>(
        "presence_penalty", .ollama, \.presencePenalty, "what the logit of a repeated token loses")
    package let frequencyPenalty = OptionKey<Float>(
        "frequency_penalty", .ollama, \.frequencyPenalty, "what the logit of a token loses for each time it occurred")
    package let repeatLastN = OptionKey<Int>(
        "repeat_last_n", .ollama, \.repeatLastN,
        "how many last tokens the penalties look at; 0: none, -1: the context")
    package let dryMultiplier = OptionKey<Float>(
        "dry_multiplier", .llamaCpp, \.dryMultiplier, "how much repeating a passage costs (DRY); 0: nothing")
    package let dryBase = OptionKey<Float>(
        "dry_base", .llamaCpp, \.dryBase, "the factor for each further token of a repeated passage")
    package let dryAllowedLength = OptionKey<Int>(
        "dry_allowed_length", .llamaCpp, \.dryAllowedLength, "tokens of a repeated passage from which on it costs")
    package let dryPenaltyLastN = OptionKey<Int>(
        "dry_penalty_last_n", .llamaCpp, \.dryPenaltyLastN,
        "how many last tokens are searched for passages; 0: none, -1: the context")
    package let drySequenceBreakers = OptionKey<[String]>(
        "dry_sequence_breakers", .llamaCpp, .sampling, .value(.texts(["\n", ":", "\"", "*"])),
        "texts at which a passage ends")
    package let topNSigma = OptionKey<Float>(
        "top_n_sigma", .llamaCpp, \.topNSigma,
        "keep tokens at most that many standard deviations below the likeliest; 0: all")
    package let topK = OptionKey<Int>("top_k", .ollama, \.topK, "keep that many of the likeliest tokens; 0: all")
    package let typicalP = OptionKey<Float>(
        "typical_p", .ollama, \.typicalP, "keep the tokens nearest the expected surprise, up to that share; 1: all")
    package let topP = OptionKey<Float>(
        "top_p", .ollama, \.topP, "keep the likeliest tokens up to that share of probability; 1: all")
    package let minP = OptionKey<Float>(
        "min_p", .ollama, \.minP, "keep tokens of at least that part of the likeliest one's probability; 0: all")
    package let xtcProbability = OptionKey<Float>(
        "xtc_probability", .llamaCpp, \.xtcProbability, "how often to exclude the top choices but the last; 0: never")
    package let xtcThreshold = OptionKey<Float>(
        "xtc_threshold", .llamaCpp, \.xtcThreshold, "the probability that makes a top choice; above 0.5: none")
    package let temperature = OptionKey<Float>(
        "temperature", .ollama, \.temperature, "how freely to choose; 0: always the likeliest token")
    package let mirostat = OptionKey<Int>(
        "mirostat", .ollama, \.mirostat,
        "hold the surprise in the place of top_k and its like: version 1 or 2 of Mirostat; 0: off")
    package let mirostatTau = OptionKey<Float>(
        "mirostat_tau", .ollama, \.mirostatTau, "the surprise to hold, in bits")
    package let mirostatEta = OptionKey<Float>(
        "mirostat_eta", .ollama, \.mirostatEta, "how fast Mirostat follows the surprise of the answer")

    // How a request is answered.
    package let numPredict = OptionKey<Int>(
        "num_predict", .ollama, .request, .value(.integer(-1)),
        "the most tokens of an answer; not positive: until the model stops, ten contexts at the most")
    package let stop = OptionKey<[String]>("stop", .ollama, .request, .decided("none"), "texts that end the answer")
    package let numKeep = OptionKey<Int>(
        "num_keep", .ollama, .request, .value(.integer(4)),
        "tokens at the beginning that stay when the context is full; negative: the prompt")
    package let maxThinkingTokens = OptionKey<Int>(
        "max_thinking_tokens", .apus, .request, .decided("no limit"),
        "the most tokens of a thought, after which the model has to answer; negative: no limit")
    package let draftNumPredict = OptionKey<Int>(
        "draft_num_predict", .ollama, .request, .decided("what pays"), "the most tokens to guess ahead; 0: none")

    // How a model is loaded.
    package let numContext = OptionKey<Int>(
        "num_ctx", .ollama, .loading, .decided("OLLAMA_CONTEXT_LENGTH"), "tokens of context")
    package let numBatch = OptionKey<Int>(
        "num_batch", .ollama, .loading, .decided("what suits the machine"), "tokens of a prompt computed at a time")
    package let draft = OptionKey<String>(
        "draft", .apus, .loading, .decided("APUS_DRAFT"), "the model that guesses ahead")

    // What other engines need.
    package let numThread = OptionKey<Int>(
        "num_thread", .ollama, .nothing, .decided("the cores"), "taken, and left unused")
    package let numGPU = OptionKey<Int>("num_gpu", .ollama, .nothing, .decided("none"), "taken, and left unused")
    package let mainGPU = OptionKey<Int>("main_gpu", .ollama, .nothing, .decided("none"), "taken, and left unused")
    package let useMmap = OptionKey<Bool>("use_mmap", .ollama, .nothing, .decided("true"), "taken, and left unused")

    /// In the order of the documentation.
    package var all: [ModelOption] {
        [
            temperature.option, topK.option, topP.option, minP.option, typicalP.option, topNSigma.option,
            repeatPenalty.option, presencePenalty.option, frequencyPenalty.option, repeatLastN.option,
            dryMultiplier.option, dryBase.option, dryAllowedLength.option, dryPenaltyLastN.option,
            drySequenceBreakers.option, xtcProbability.option, xtcThreshold.option, mirostat.option,
            mirostatTau.option, mirostatEta.option, logitBias.option, seed.option, numPredict.option, stop.option,
            numKeep.option, maxThinkingTokens.option, draftNumPredict.option, numContext.option, numBatch.option,
            draft.option, numThread.option,
            numGPU.option, mainGPU.option, useMmap.option,
        ]
    }

    /// Names that older Modelfiles hold and that mean nothing any more.
    package static let deprecated: Set<String> = [
        "penalize_newline", "low_vram", "f16_kv", "logits_all", "vocab_only", "use_mlock",
    ]

    package static func named(_ name: String) -> ModelOption? { byName[name] }

    private static let byName = Dictionary(shared.all.map { ($0.name, $0) }) { first, _ in first }
}

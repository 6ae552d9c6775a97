import GGUF

extension PublishedLayout {
    /// Llama 3 and its kin from before files named their pre-tokenizer; they also say that turns end as texts do.
    static let llama3 = PublishedLayout { model in
        model.architecture == "llama" && model.hasNoPreTokenizer && hasTurns(model)
    } translate: { (model: inout PublishedModel) throws(GGUFError) in
        model.setDefaultPreTokenizer("llama-bpe")
        for key in ["tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id"] {
            let end = try model.metadata.value(key, default: endOfText)
            if end == endOfText { model.metadata[key] = .uint32(endOfTurn) }
        }
    }

    private static let startOfHeader: UInt32 = 128_006
    private static let endOfText: UInt32 = 128_001
    private static let endOfTurn: UInt32 = 128_009

    /// Whether the vocabulary is Llama 3's with the tokens of a conversation.
    private static func hasTurns(_ model: PublishedModel) -> Bool {
        guard case .array(let tokens)? = model.metadata["tokenizer.ggml.tokens"], tokens.count > endOfTurn else {
            return false
        }
        var index: UInt32 = 0
        var found = 0
        try? tokens.visit { token in
            if index == startOfHeader, token == .string("<|start_header_id|>") { found += 1 }
            if index == endOfTurn, token == .string("<|eot_id|>") { found += 1 }
            index += 1
            return index <= endOfTurn
        }
        return found == 2
    }
}

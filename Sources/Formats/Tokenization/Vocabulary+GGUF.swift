import GGUF
import Tensors

extension Vocabulary {
    /// What a kind of tokenizer takes for granted where the model file is silent.
    struct Defaults {
        var beginningOfText: TokenID?
        var endOfText: TokenID?
        var unknown: TokenID?
        var separator: TokenID?
        var padding: TokenID?
        var mask: TokenID?
        var addsBeginning = false
        var addsEnd = false
        var addsSeparator = false
        var addsSpacePrefix = false
        var cleansSpaces = false
    }

    /// The vocabulary of a model file. Every length and every token's number is checked; roles given to tokens that do not
    /// exist are ignored, as llama.cpp does.
    init(_ metadata: GGUFMetadata, defaults: Defaults) throws(TokenizationError) {
        let list = try metadata.tokenizerValue("tokens", as: GGUFArray.self)
        var texts = ByteStrings()
        try reading { () throws(GGUFError) in
            try list?.visitStrings { text in
                if text.isEmpty { texts.append("[EMPTY_\(texts.count)]".utf8) } else { texts.append(text) }
            }
        }
        let kinds = try metadata.tokenizerValue("token_type", as: [Int32].self) ?? []
        try self.init(
            texts: texts, kinds: kinds.map { TokenKind(rawValue: $0) ?? .undefined },
            scores: metadata.tokenizerValue("scores") ?? [])
        try checkTexts()
        addsBeginning = try metadata.tokenizerValue("add_bos_token") ?? defaults.addsBeginning
        addsEnd = try metadata.tokenizerValue("add_eos_token") ?? defaults.addsEnd
        addsSeparator = try metadata.tokenizerValue("add_sep_token") ?? defaults.addsSeparator
        addsSpacePrefix = try metadata.tokenizerValue("add_space_prefix") ?? defaults.addsSpacePrefix
        cleansSpaces = defaults.cleansSpaces
        try readRoles(metadata, defaults: defaults)
        recogniseSpecialTokens()
        readTrimming(metadata)
    }

    private func checkTexts() throws(TokenizationError) {
        for index in 0..<count {
            let text = texts[index]
            guard text.count <= Self.longestToken else { throw .tokenTooLong(index, bytes: text.count) }
            guard let last = texts.withBytes(at: index, token(withText:)), last != TokenID(index) else { continue }
            throw .duplicateToken(text: String(decoding: text, as: UTF8.self), index, Int(last))
        }
    }

    private mutating func readRoles(_ metadata: GGUFMetadata, defaults: Defaults) throws(TokenizationError) {
        for (role, key) in Self.roleKeys {
            guard let token = try metadata.tokenizerValue(key, as: Int64.self) else { continue }
            // Some writers say -1 for a role that the model does not have.
            guard let token = TokenID(exactly: token), contains(token) else { continue }
            roles[keyPath: role] = token
        }
        func fill(_ role: WritableKeyPath<Roles, TokenID?>, _ key: String, _ fallback: TokenID?) {
            guard metadata["tokenizer.ggml.\(key)"] == nil, let fallback, contains(fallback) else { return }
            roles[keyPath: role] = fallback
        }
        fill(\.beginningOfText, "bos_token_id", defaults.beginningOfText)
        fill(\.endOfText, "eos_token_id", defaults.endOfText)
        fill(\.unknown, "unknown_token_id", defaults.unknown)
        fill(\.separator, "seperator_token_id", defaults.separator)
        fill(\.padding, "padding_token_id", defaults.padding)
        fill(\.mask, "mask_token_id", defaults.mask)
    }

    private static var roleKeys: [(WritableKeyPath<Roles, TokenID?>, String)] {
        [
            (\.beginningOfText, "bos_token_id"), (\.endOfText, "eos_token_id"), (\.endOfTurn, "eot_token_id"),
            (\.endOfMessage, "eom_token_id"), (\.unknown, "unknown_token_id"), (\.separator, "seperator_token_id"),
            (\.padding, "padding_token_id"), (\.mask, "mask_token_id"), (\.infillPrefix, "fim_pre_token_id"),
            (\.infillSuffix, "fim_suf_token_id"), (\.infillMiddle, "fim_mid_token_id"),
            (\.infillPadding, "fim_pad_token_id"), (\.infillRepository, "fim_rep_token_id"),
            (\.infillSeparator, "fim_sep_token_id"),
            // Old names.
            (\.infillPrefix, "prefix_token_id"), (\.infillSuffix, "suffix_token_id"),
            (\.infillMiddle, "middle_token_id"),
        ]
    }

    /// Finds the roles that the file does not name by the texts of tokens, and the tokens that end a generation.
    private mutating func recogniseSpecialTokens() {
        recognise(\.endOfTurn, SpecialTokenTexts.endOfTurn)
        recognise(\.endOfMessage, SpecialTokenTexts.endOfMessage)
        recognise(\.infillPrefix, SpecialTokenTexts.infillPrefix)
        recognise(\.infillSuffix, SpecialTokenTexts.infillSuffix)
        recognise(\.infillMiddle, SpecialTokenTexts.infillMiddle)
        recognise(\.infillPadding, SpecialTokenTexts.infillPadding)
        recognise(\.infillRepository, SpecialTokenTexts.infillRepository)
        recognise(\.infillSeparator, SpecialTokenTexts.infillSeparator)

        for text in SpecialTokenTexts.endOfGeneration {
            guard let token = token(withText: text) else { continue }
            endOfGeneration.insert(token)
            setKind(.control, of: token)
        }
        let ending = [
            roles.endOfText, roles.endOfTurn, roles.endOfMessage, roles.infillPadding, roles.infillRepository,
            roles.infillSeparator,
        ]
        endOfGeneration.formUnion(ending.compactMap { $0 })
        keepChannelEndsOpen()
        keepMarkupOpen()
    }

    private mutating func recognise(_ role: WritableKeyPath<Roles, TokenID?>, _ texts: [String]) {
        guard roles[keyPath: role] == nil else { return }
        for text in texts {
            guard let token = token(withText: text) else { continue }
            roles[keyPath: role] = token
            setKind(.control, of: token)
            return
        }
    }

    /// In vocabularies whose messages have channels, `<|end|>` ends a channel and the generation goes on. (llama.cpp makes it
    /// a user-defined token, too. Then whoever writes its text ends a message, so it stays a control token here.)
    private mutating func keepChannelEndsOpen() {
        func has(_ text: String) -> Bool { token(withText: text) != nil }
        guard let end = token(withText: "<|end|>"),
            has("<|call|>") || has("<|calls|>"), has("<|return|>") || has("<|flush|>")
        else { return }
        endOfGeneration.remove(end)
    }

    /// Gemma 4 and PLaMo have `</s>` among their words.
    private mutating func keepMarkupOpen() {
        guard let token = token(withText: "</s>"),
            ["<|tool_response>", "<|plamo:eos|>"].contains(where: {
                self.token(withText: $0).map(isEndOfGeneration) == true
            })
        else { return }
        endOfGeneration.remove(token)
        setKind(.normal, of: token)
    }

    /// Some tokenizers swallow white space around their special tokens; nothing but the names of model, architecture and
    /// pre-tokenizer tells.
    private mutating func readTrimming(_ metadata: GGUFMetadata) {
        func name(_ key: String, has parts: [String]) -> Bool {
            guard case .string(let name)? = metadata[key] else { return false }
            return parts.contains { name.lowercased().contains($0) }
        }
        if name("tokenizer.ggml.pre", has: ["jina-v2-de", "jina-v2-es", "jina-v2-code", "mmbert"])
            || name("general.architecture", has: ["nomic-bert-moe", "jina-bert-v3"])
        {
            if let mask = token(withText: "<mask>") { trimsBefore.insert(mask) }
        } else if name("general.name", has: ["phi-3", "phi3"]) {
            for token in 0..<TokenID(count) where kind(of: token).isSpecial { trimsAfter.insert(token) }
            for text in ["<unk>", "<s>", "<|endoftext|>"] {
                if let token = token(withText: text) { trimsAfter.remove(token) }
            }
            if let token = token(withText: "</s>") { trimsAfter.insert(token) }
        } else if name("general.name", has: ["modern-bert"]), let mask = token(withText: "[MASK]") {
            trimsBefore.insert(mask)
        }
    }
}

extension GGUFMetadata {
    /// The value of `tokenizer.ggml.<key>`, or nil where the file has none.
    func tokenizerValue<Value: GGUFConvertible>(
        _ key: String, as type: Value.Type = Value.self
    ) throws(TokenizationError) -> Value? {
        try reading { () throws(GGUFError) in try value("tokenizer.ggml.\(key)") }
    }
}

/// Runs `body` and passes on its error as one of tokenization.
private func reading<Result>(_ body: () throws(GGUFError) -> Result) throws(TokenizationError) -> Result {
    do throws(GGUFError) {
        return try body()
    } catch {
        throw .metadata(error)
    }
}

extension PreTokenizer {
    /// The pre-tokenizer that a model file calls `name`.
    static func named(_ name: String) throws(TokenizationError) -> PreTokenizer {
        guard let result = all[name] else {
            throw .unsupportedPreTokenizer(name, supported: all.keys.sorted())
        }
        return result
    }

    /// One entry for each name in `tokenizer.ggml.pre`.
    static let all: [String: PreTokenizer] = [
        "default": PreTokenizer(
            stages: [.runs(.punctuation(and: "$+<=>^~|")), .words(.gpt2), .runs(.numbers), .runs(.threeDigits)],
            cleansSpaces: true),
        "gpt-2": .gpt2,
        "phi-2": .gpt2,
        "roberta-bpe": .gpt2,
        "jina-es": .gpt2,
        "jina-de": .gpt2,
        "jina-v2-es": .gpt2,
        "jina-v2-de": .gpt2,
        "jina-v2-code": .gpt2,
        "mpt": .gpt2,
        "olmo": .gpt2,
        "jais": .gpt2,
        "exaone4": .gpt2,
        "llama-bpe": .llama3,
        "llama-v3": .llama3,
        "llama3": .llama3,
        "falcon3": .llama3,
        "falcon-h1": .llama3,
        "pixtral": .llama3,
        "lfm2": .llama3,
        "dbrx": PreTokenizer(stages: [.words(.gpt4(digits: 3))], cleansSpaces: true),
        "smaug-bpe": PreTokenizer(stages: [.words(.gpt4(digits: 3))], cleansSpaces: true),
        "glm4": PreTokenizer(stages: [.words(.gpt4(digits: 3))], cleansSpaces: true),
        "chatglm-bpe": PreTokenizer(stages: [.words(.gpt4(digits: 3))], cleansSpaces: true),
        "qwen2": .qwen2,
        "deepseek-r1-qwen": .qwen2,
        "megrez": PreTokenizer(stages: [.words(.gpt4(digits: 1))], cleansSpaces: true),
        "stablelm2": PreTokenizer(stages: [.words(.gpt4(digits: 1))], cleansSpaces: true),
        "hunyuan": .qwen2,
        "qwen35": PreTokenizer(stages: [.words(.qwen35)]),
        "starcoder": .starcoder(cleansSpaces: true),
        "refact": .starcoder(cleansSpaces: true),
        "codeshell": .starcoder(cleansSpaces: true),
        "exaone": .starcoder(cleansSpaces: true),
        "minerva-7b": .starcoder(cleansSpaces: true),
        "command-r": .starcoder(cleansSpaces: false),
        "smollm": .starcoder(cleansSpaces: false),
        "falcon": PreTokenizer(
            stages: [.runs(.punctuation(and: "$+<=>^~|`")), .words(.gpt2), .runs(.threeDigits)], cleansSpaces: true),
        "deepseek-coder": PreTokenizer(
            stages: [
                .runs(.lineEnd), .runs(.letters), .runs(.punctuationAfterSpace), .runs(.eastAsian), .runs(.number),
            ]),
        "bloom": PreTokenizer(stages: [.runs(.bloom)], cleansSpaces: true),
        "gpt3-finnish": PreTokenizer(stages: [.runs(.bloom)], cleansSpaces: true),
        "poro-chat": PreTokenizer(stages: [.runs(.bloom)]),
        "viking": PreTokenizer(stages: [.runs(.bloom), .runs(.number)]),
        "tekken": PreTokenizer(stages: [.words(.tekken)], ignoresMerges: true, addsBeginning: true),
        "gpt-4o": PreTokenizer(stages: [.words(.gpt4o)]),
        "llama4": PreTokenizer(stages: [.words(.gpt4o)]),
    ]

    private static let gpt2 = PreTokenizer(stages: [.words(.gpt2)], cleansSpaces: true)
    private static let llama3 = PreTokenizer(
        stages: [.words(.gpt4(digits: 3))], ignoresMerges: true, addsBeginning: true, cleansSpaces: true)
    private static let qwen2 = PreTokenizer(stages: [.words(.gpt4(digits: 1))])
    private static func starcoder(cleansSpaces: Bool) -> PreTokenizer {
        PreTokenizer(stages: [.runs(.number), .words(.gpt2)], cleansSpaces: cleansSpaces)
    }
}

extension WordPattern {
    static let gpt2 = WordPattern(
        contractions: .lowercase, letters: .afterSpace, numbers: .afterSpace, keepsLineEnds: false)
    static func gpt4(digits: Int) -> WordPattern {
        WordPattern(
            contractions: .anyCase, letters: .afterAnything, numbers: .digits(digits), punctuationTail: .lineEnds)
    }
    static let qwen35 = WordPattern(
        contractions: .anyCase, letters: .withMarks, numbers: .digits(1), punctuationTail: .lineEnds)
    static let tekken = WordPattern(
        contractions: .none, letters: .byCase(contraction: false), numbers: .digits(1),
        punctuationTail: .lineEndsAndSlashes)
    static let gpt4o = WordPattern(
        contractions: .none, letters: .byCase(contraction: true), numbers: .digits(3),
        punctuationTail: .lineEndsAndSlashes)
}

extension RunPattern {
    static let number = RunPattern(set: ScalarSet(classes: .number), atMost: 1)
    static let numbers = RunPattern(set: ScalarSet(classes: .number))
    static let threeDigits = RunPattern(set: ScalarSet(scalars: [0x30...0x39]), atLeast: 3, atMost: 3)
    static let lineEnd = RunPattern(set: ScalarSet(scalars: [0x0A...0x0A, 0x0D...0x0D]), atMost: 1)
    static let letters = RunPattern(set: ScalarSet(classes: .letter), prefix: ScalarSet(classes: .whiteSpace))
    static let punctuationAfterSpace = RunPattern(
        set: ScalarSet(classes: .punctuation), prefix: ScalarSet(classes: .whiteSpace))
    /// Chinese, Japanese and Korean, and what else lies between U+0800 and U+9FA5.
    static let eastAsian = RunPattern(
        set: ScalarSet(scalars: [0x0800...0x9FA5, 0xAC00...0xD7FF], excluded: .whiteSpace))

    /// Punctuation and some symbols.
    static func punctuation(and symbols: String) -> RunPattern {
        RunPattern(set: ScalarSet(classes: .punctuation, scalars: symbols.unicodeScalars.map { $0.value...$0.value }))
    }

    /// ` ?[^(\s|.,!?…。，、।۔،)]+`
    static let bloom = RunPattern(
        set: ScalarSet(
            classes: .whiteSpace, scalars: "(|.,!?…。，、।۔،)".unicodeScalars.map { $0.value...$0.value },
            isInverted: true),
        prefix: ScalarSet(scalars: [0x20...0x20]))
}

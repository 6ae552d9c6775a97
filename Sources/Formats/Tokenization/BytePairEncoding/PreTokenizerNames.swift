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
            stages: [.punctuation(and: "$+<=>^~|"), .gpt2, .numbers, .threeDigits], cleansSpaces: true),
        "gpt-2": .gpt2,
        "phi-2": .gpt2,
        "roberta-bpe": .gpt2.with { $0.addsSeparator = true },
        "jina-v1-en": .gpt2.with { $0.addsSeparator = true },
        "jina-v2-code": .gpt2.with { $0.addsSeparator = true },
        "jina-es": .gpt2,
        "jina-de": .gpt2,
        "jina-v2-es": .gpt2,
        "jina-v2-de": .gpt2,
        "mpt": .gpt2,
        "olmo": .gpt2,
        "jais": .gpt2,
        "exaone4": .gpt2,
        "gigachat": .gpt2,
        "a.x-4.0": .gpt2,
        "mellum": .gpt2,
        "modern-bert": .gpt2,
        "trillion": .gpt2.with { $0.cleansSpaces = false },
        "granite-docling": .gpt2.with { $0.cleansSpaces = false },
        "llama-bpe": .llama3,
        "llama-v3": .llama3,
        "llama3": .llama3,
        "falcon3": .llama3,
        "falcon-h1": .llama3,
        "pixtral": .llama3,
        "midm-2.0": .llama3,
        "lfm2": .llama3,
        "jina-v5-nano": .llama3,
        "dbrx": PreTokenizer(stages: [.gpt4(digits: 3)], cleansSpaces: true),
        "smaug-bpe": PreTokenizer(stages: [.gpt4(digits: 3)], cleansSpaces: true),
        "chatglm-bpe": PreTokenizer(stages: [.gpt4(digits: 3)], hasBeginning: false, cleansSpaces: true),
        "glm4": .glm4,
        "glm5": .glm4,
        "minicpm5": PreTokenizer(stages: [.threeNumbers, .gpt4(digits: 3)], ignoresMerges: true, cleansSpaces: true),
        "jais-2": PreTokenizer(stages: [.gpt4(digits: 3), .halvedWhiteSpace], cleansSpaces: true),
        "qwen2": .qwen2,
        "deepseek-r1-qwen": .qwen2,
        "kormo": .qwen2,
        "f2llmv2": .qwen2,
        "hunyuan": .qwen2,
        "grok-2": .qwen2,
        "solar-open": .qwen2,
        "bailingmoe": .qwen2,
        "bailingmoe2": .qwen2,
        "llada-moe": .qwen2,
        "megrez": .qwen2.with { $0.cleansSpaces = true },
        "stablelm2": .qwen2.with { $0.cleansSpaces = true },
        "laguna": PreTokenizer(stages: [.lines, .gpt4(digits: 1)]),
        "seed-coder": PreTokenizer(stages: [.gpt4(digits: 1) { $0.punctuationTail = .nothing }]),
        "ufakzeka": PreTokenizer(stages: [.gpt4(digits: 1) { $0.contractions = .none }]),
        "exaone-moe": PreTokenizer(stages: [.exaoneMoE], cleansSpaces: true),
        "qwen35": PreTokenizer(stages: [.qwen35]),
        "kimi-k2": PreTokenizer(stages: [.kimi]),
        "starcoder": .starcoder,
        "refact": .starcoder,
        "codeshell": .starcoder,
        "exaone": .starcoder,
        "minerva-7b": .starcoder,
        "mellum2": .starcoder,
        "command-r": .starcoder.with { $0.cleansSpaces = false },
        "smollm": .starcoder.with { $0.cleansSpaces = false },
        "falcon": PreTokenizer(
            stages: [.punctuation(and: "$+<=>^~|`"), .gpt2, .threeDigits], cleansSpaces: true),
        "deepseek-llm": PreTokenizer(
            stages: [.lineEnd, .deepSeekLetters, .deepSeekPunctuation, .whiteSpaceAtEnd, .eastAsian, .numbers]),
        "deepseek-coder": PreTokenizer(
            stages: [.lineEnd, .lettersAfterSpace, .punctuationAfterSpace, .eastAsian, .number]),
        "deepseek-v3": .deepSeek3,
        "hunyuan-dense": .deepSeek3,
        "hy_v4": .deepSeek3,
        "joyai-llm": .deepSeek3,
        "spark2_5": PreTokenizer(stages: [.threeNumbers, .hanAndKana, .spark, .number]),
        "afmoe": PreTokenizer(stages: [.numberGroups, .afmoeScripts, .deepSeek3]),
        "youtu": PreTokenizer(stages: [.youtuScripts, .anyCase(digits: 1)], ignoresMerges: true),
        "tiny_aya": .tinyAya,
        "cohere2moe": .tinyAya,
        "superbpe": PreTokenizer(stages: [.numbers, .digitGroups]),
        "chameleon": PreTokenizer(stages: PreTokenizerStage.chameleon + [.gpt2], addsBeginning: true),
        "bloom": PreTokenizer(stages: [.bloom], cleansSpaces: true),
        "gpt3-finnish": PreTokenizer(stages: [.bloom], cleansSpaces: true),
        "poro-chat": PreTokenizer(stages: [.bloom]),
        "viking": PreTokenizer(stages: [.bloom, .number]),
        "tekken": PreTokenizer(stages: [.tekken], ignoresMerges: true, addsBeginning: true),
        "gpt-4o": .gpt4o,
        "llama4": .gpt4o,
        "kanana2": .gpt4o,
        "talkie": .gpt4o,
        "minimax-m2": .gpt4o,
        "granite-embed-multi-97m": PreTokenizer(stages: [.gpt4o(.lettersAndMarks)], ignoresMerges: true),
        "gemma4": .gemma4,
        "granite-embed-multi-311m": .gemma4,
        "mmbert": PreTokenizer(
            stages: [.lines, .spaceMarks], spelling: .spaceMarksAtLineStarts, joinsLineEnds: true, cleansSpaces: true),
        "sarvam-moe": PreTokenizer(stages: [.lines], spelling: .spaceMarks),
        "whitespace": PreTokenizer(stages: [.notWhiteSpace], spelling: .plain, cleansSpaces: true),
    ]

    private static let gpt2 = PreTokenizer(stages: [.gpt2], cleansSpaces: true)
    private static let llama3 = PreTokenizer(
        stages: [.gpt4(digits: 3)], ignoresMerges: true, addsBeginning: true, cleansSpaces: true)
    private static let glm4 = PreTokenizer(
        stages: [.gpt4(digits: 3)], ignoresMerges: true, hasBeginning: false, cleansSpaces: true)
    private static let qwen2 = PreTokenizer(stages: [.gpt4(digits: 1)])
    private static let starcoder = PreTokenizer(stages: [.number, .gpt2], cleansSpaces: true)
    private static let deepSeek3 = PreTokenizer(stages: [.threeNumbers, .hanAndKana, .deepSeek3])
    private static let tinyAya = PreTokenizer(stages: [.numberGroups, .anyCase(digits: 3)])
    private static let gpt4o = PreTokenizer(stages: [.gpt4o(.letter)])
    private static let gemma4 = PreTokenizer(
        stages: [.lines], spelling: .spaceMarks, joinsLineEnds: true, alwaysAddsBeginning: true, cleansSpaces: true)
}

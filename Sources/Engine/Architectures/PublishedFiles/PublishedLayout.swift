import GGUF

/// A layout that models of Ollama's library have and llama.cpp's converter does not write.
struct PublishedLayout: Sendable {
    /// Whether a file is in this layout. Files of llama.cpp's converter never are.
    let matches: @Sendable (PublishedModel) -> Bool
    let translate: @Sendable (inout PublishedModel) throws(GGUFError) -> Void

    /// The first that matches is taken.
    static let all: [PublishedLayout] = [
        .embeddingGemma,
        .gemma3,
        .glm4MoELite,
        .gptOSS,
        .llama3,
        .mistral3,
        .olmo3,
        .qwen25VL,
        .qwen3VL,
    ]
}

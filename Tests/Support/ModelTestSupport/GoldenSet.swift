import TestSupport

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// A folder of golden models, and which of them are of families that run. A new family adds its names here.
package struct GoldenSet: Sendable {
    package let folder: URL
    package let languageModels: [String]
    package let encoders: [String]

    /// Those that are kept with the tests: one for each kind of operation, and what the conformance set lacks.
    package static let kept = GoldenSet(
        folder: Vectors.directory.appending(path: "models"),
        languageModels: [
            "deepseek", "deepseek2-lite", "deepseek2-yarn", "gemma2", "gpt-oss", "granitehybrid", "granitemoe",
            "llama-yarn",
            "ministral3", "olmo-clamped", "olmo3", "phi4-mini", "phimoe", "qwen2moe",
        ],
        encoders: [])

    /// Those of the conformance set, where `APUS_CONFORMANCE` names it.
    package static let conformance = Vectors.conformance.map { folder in
        GoldenSet(
            folder: folder.appending(path: "models"),
            languageModels: [
                "arcee", "deepseek2", "gemma", "gemma2", "gemma3", "gpt-oss", "granite", "llama", "llama-yarn",
                "mamba2", "mistral", "mixtral", "olmo", "olmo2", "phi3", "phi3-longrope-long", "phi3-longrope-short",
                "qwen2", "qwen3", "qwen3moe", "smollm3",
            ],
            encoders: [])
    }
}

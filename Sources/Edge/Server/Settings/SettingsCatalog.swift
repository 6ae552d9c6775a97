/// A setting of the server: an environment variable, what it is without one, and what it does.
package struct Setting: Hashable, Sendable {
    package let variable: String
    /// As the documentation writes it.
    package let defaultValue: String
    package let help: String

    /// The key under which swift-configuration finds the variable.
    package var key: String {
        let words = variable.lowercased().split(separator: "_")
        let tail = words.dropFirst(2).map { $0.prefix(1).uppercased() + $0.dropFirst() }
        return ([words.prefix(2).joined(separator: ".")] + tail).joined()
    }
}

/// Every setting of the server, in the order of the documentation.
package enum SettingsCatalog {
    package static let host = Setting(
        variable: "OLLAMA_HOST", defaultValue: "127.0.0.1:11434", help: "address the server listens on")
    package static let models = Setting(
        variable: "OLLAMA_MODELS", defaultValue: "~/.ollama/models", help: "folder of the models")
    package static let keepAlive = Setting(
        variable: "OLLAMA_KEEP_ALIVE", defaultValue: "5m",
        help: "how long an idle model stays in memory; negative: for ever, 0: not at all")
    package static let contextLength = Setting(
        variable: "OLLAMA_CONTEXT_LENGTH", defaultValue: "4096", help: "tokens of context where a request names none")
    package static let parallel = Setting(
        variable: "OLLAMA_NUM_PARALLEL", defaultValue: "16", help: "requests that a model answers at a time")
    package static let maximumLoadedModels = Setting(
        variable: "OLLAMA_MAX_LOADED_MODELS", defaultValue: "3", help: "models in memory at a time")
    package static let maximumQueue = Setting(
        variable: "OLLAMA_MAX_QUEUE", defaultValue: "512", help: "requests that wait before others are refused")
    package static let cacheType = Setting(
        variable: "OLLAMA_KV_CACHE_TYPE", defaultValue: "f16",
        help: "how keys and values are kept: f16, q8_0 (half the memory), q4_0 (a quarter) or f32 (twice)")
    package static let noPrune = Setting(
        variable: "OLLAMA_NOPRUNE", defaultValue: "0", help: "1 leaves unused files of the model store at the start")
    package static let origins = Setting(
        variable: "OLLAMA_ORIGINS", defaultValue: "",
        help: "web origins that may use the server besides this machine's, separated by commas")
    package static let debug = Setting(
        variable: "OLLAMA_DEBUG", defaultValue: "0", help: "1 logs more, 2 logs everything")

    package static let repack = Setting(
        variable: "APUS_REPACK", defaultValue: "auto",
        help: "copy weights at loading into an order that computes faster: 0 never, 1 always, auto where memory allows")
    package static let speculation = Setting(
        variable: "APUS_SPECULATION", defaultValue: "auto",
        help: "guess tokens ahead where it pays: off, ngram (from the text), auto (also by draft models)")
    package static let draft = Setting(
        variable: "APUS_DRAFT", defaultValue: "",
        help: "model that guesses ahead for every model of the same vocabulary")

    package static let all = [
        host, models, keepAlive, contextLength, parallel, maximumLoadedModels, maximumQueue, cacheType,
        noPrune, origins, debug, repack, speculation, draft,
    ]
}

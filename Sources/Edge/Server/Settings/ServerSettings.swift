package import APITypes
package import Compute
package import Configuration
package import Generation
package import Logging
package import ModelLibrary
package import SystemPackage

/// What the outside world sets of a server.
package struct ServerSettings: Sendable {
    package var address = ServerAddress()
    package var modelsDirectory: FilePath
    package var keepAlive: KeepAlive = .duration(.seconds(300))
    /// Tokens; nil leaves the choice to the engine.
    package var contextLength: Int?
    package var parallelRequests: Int?
    package var maximumLoadedModels: Int?
    package var maximumQueue: Int?
    package var cacheType: CacheType?
    package var repacking = Repacking.auto
    package var speculation = Speculation.auto
    /// Guesses ahead for models that have no draft of their own.
    package var draftModel: ModelName?
    /// Whether the start of the server removes unused files of the store.
    package var prunes = true
    package var origins = OriginPolicy()
    package var logLevel: Logger.Level = .info
    /// How long running answers may go on when the server is told to stop.
    package var gracePeriod: Duration = .seconds(10)
    package var connections = ConnectionLimits()
    /// What was set and could not be read.
    package private(set) var warnings: [String] = []

    package init(modelsDirectory: FilePath) {
        self.modelsDirectory = modelsDirectory
    }

    /// Reads the environment of this process.
    package static func fromEnvironment() throws -> ServerSettings {
        try ServerSettings(ConfigReader(provider: EnvironmentVariablesProvider()))
    }

    /// What the service behind the routes is to keep to.
    package var generation: GenerationSettings {
        var settings = GenerationSettings()
        settings.keepAlive = keepAlive
        if let contextLength { settings.contextLength = contextLength }
        if let parallelRequests { settings.parallelSequences = parallelRequests }
        if let maximumLoadedModels { settings.maximumLoadedModels = maximumLoadedModels }
        if let maximumQueue { settings.maximumQueue = maximumQueue }
        if let cacheType { settings.cacheType = cacheType }
        settings.repacking = repacking
        settings.speculation = speculation
        settings.draftModel = draftModel
        return settings
    }

    /// - Throws: `ServerError` for origins that are no origins; other values that cannot be read have their defaults, and
    ///   `warnings` says so.
    package init(_ configuration: ConfigReader) throws {
        var warnings: [String] = []
        func text(_ setting: Setting) -> String? {
            EnvironmentText.value(configuration.string(forKey: ConfigKey(stringLiteral: setting.key)))
        }
        func read<Value>(_ setting: Setting, _ parse: (String) -> Value?) -> Value? {
            guard let text = text(setting) else { return nil }
            let value = parse(text)
            if value == nil {
                let instead =
                    setting.defaultValue.isEmpty ? "it is passed over" : "the default \(setting.defaultValue) is taken"
                warnings.append("\(setting.variable) is \(goQuoted(text)), which cannot be read; \(instead)")
            }
            return value
        }
        func count(_ setting: Setting) -> Int? {
            read(setting, SettingText.count).flatMap { $0 > 0 ? $0 : nil }
        }
        let home = configuration.string(forKey: "home") ?? "/"
        modelsDirectory =
            text(SettingsCatalog.models).map { FilePath($0) } ?? FilePath(home).appending(".ollama/models")
        if let host = text(SettingsCatalog.host) {
            address = ServerAddress(parsing: host) { warnings.append("\(SettingsCatalog.host.variable): \($0)") }
        }
        if let span = read(SettingsCatalog.keepAlive, SettingText.duration) { keepAlive = KeepAlive(span) }
        contextLength = count(SettingsCatalog.contextLength)
        parallelRequests = count(SettingsCatalog.parallel)
        maximumLoadedModels = count(SettingsCatalog.maximumLoadedModels)
        maximumQueue = count(SettingsCatalog.maximumQueue)
        cacheType = text(SettingsCatalog.cacheType).map { CacheType($0) }
        if let text = text(SettingsCatalog.repack), text != "auto" {
            repacking = EnvironmentText.level(text) == 0 ? .never : .always
        }
        if let mode = read(SettingsCatalog.speculation, Speculation.init(rawValue:)) { speculation = mode }
        draftModel = read(SettingsCatalog.draft) { try? ModelName($0) }
        prunes = text(SettingsCatalog.noPrune).map { EnvironmentText.level($0) == 0 } ?? true
        if let list = text(SettingsCatalog.origins) { origins = try OriginPolicy(list: list) }
        switch text(SettingsCatalog.debug).map(EnvironmentText.level) {
        case nil, 0?: logLevel = .info
        case 1?: logLevel = .debug
        default: logLevel = .trace
        }
        self.warnings = warnings
    }
}

/// How the texts of settings are read.
enum SettingText {
    /// A duration in Go's notation, or a number of seconds; negative is for ever.
    static func duration(_ text: String) -> GoDuration? {
        try? GoDuration(keepAlive: text)
    }

    /// Zero for numbers that leave the default; larger ones than anything can use are held, so that sums of them stay
    /// numbers.
    static func count(_ text: String) -> Int? {
        Int(text).map { min(max(0, $0), 1 << 30) }
    }
}

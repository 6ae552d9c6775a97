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

    /// - Throws: `ServerError` for origins that are no origins; other values that cannot be read have their defaults.
    package init(_ configuration: ConfigReader) throws {
        func text(_ setting: Setting) -> String? {
            configuration.string(forKey: ConfigKey(stringLiteral: setting.key)).map(SettingText.unquoted)
                .flatMap { $0.isEmpty ? nil : $0 }
        }
        let home = configuration.string(forKey: "home") ?? "/"
        modelsDirectory =
            text(SettingsCatalog.models).map { FilePath($0) } ?? FilePath(home).appending(".ollama/models")
        if let host = text(SettingsCatalog.host) { address = ServerAddress(parsing: host) }
        if let span = text(SettingsCatalog.keepAlive).flatMap(SettingText.duration) { keepAlive = KeepAlive(span) }
        contextLength = text(SettingsCatalog.contextLength).flatMap(SettingText.count)
        parallelRequests = text(SettingsCatalog.parallel).flatMap(SettingText.count)
        maximumLoadedModels = text(SettingsCatalog.maximumLoadedModels).flatMap(SettingText.count)
        maximumQueue = text(SettingsCatalog.maximumQueue).flatMap(SettingText.count)
        cacheType = text(SettingsCatalog.cacheType).map { CacheType($0) }
        if let text = text(SettingsCatalog.repack), text != "auto" {
            repacking = SettingText.level(text) == 0 ? .never : .always
        }
        if let mode = text(SettingsCatalog.speculation).flatMap(Speculation.init(rawValue:)) { speculation = mode }
        draftModel = text(SettingsCatalog.draft).flatMap { try? ModelName($0) }
        prunes = text(SettingsCatalog.noPrune).map { SettingText.level($0) == 0 } ?? true
        if let list = text(SettingsCatalog.origins) { origins = try OriginPolicy(list: list) }
        switch text(SettingsCatalog.debug).map(SettingText.level) {
        case nil, 0?: logLevel = .info
        case 1?: logLevel = .debug
        default: logLevel = .trace
        }
    }
}

/// How the texts of settings are read.
enum SettingText {
    /// Without white space, and then quotes, around it.
    static func unquoted(_ text: String) -> String {
        var rest = text[...]
        for isOuter in [{ $0.isWhitespace }, { $0 == "\"" || $0 == "'" }] as [(Character) -> Bool] {
            while let first = rest.first, isOuter(first) { rest.removeFirst() }
            while let last = rest.last, isOuter(last) { rest.removeLast() }
        }
        return String(rest)
    }

    /// A duration in Go's notation, or a number of seconds; negative is for ever.
    static func duration(_ text: String) -> GoDuration? {
        let duration = Int(text).map { GoDuration(seconds: Double($0)) } ?? (try? GoDuration(parsing: text))
        return duration.map { $0.nanoseconds < 0 ? .longest : $0 }
    }

    /// A positive number; nil for zero and for what is none, which both leave the default.
    static func count(_ text: String) -> Int? {
        Int(text).flatMap { $0 > 0 ? $0 : nil }
    }

    /// A number, or a word for true or false; any other text is true.
    static func level(_ text: String) -> Int {
        if let number = Int(text) { return max(0, number) }
        return ["f", "F", "false", "FALSE", "False"].contains(text) ? 0 : 1
    }
}

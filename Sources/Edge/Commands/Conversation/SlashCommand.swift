/// A line at the prompt that is for Apus, not for the model.
package enum SlashCommand: Hashable {
    package enum Setting: Hashable {
        case parameter(name: String, values: [String])
        case parameterHelp
        case system(String)
        case history(Bool)
        case wordWrap(Bool)
        case verbose(Bool)
        case format(String)
        case noFormat
        case think(String?)
        case noThink
    }
    package enum Subject: String, CaseIterable, Hashable {
        case info, license, modelfile, parameters, system, template
    }
    case set(Setting)
    case setHelp
    case show(Subject)
    case showHelp
    case list(String?)
    case load(String)
    case save(String)
    case clear
    case help(String?)
    case bye
    case unknown(String)
    case usage(String)

    /// Nil where `line` is a message for the model.
    package init?(_ line: String) {
        guard line.hasPrefix("/") else { return nil }
        let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
        let argument = words.count > 1 ? words[1] : nil
        switch words.first {
        case "/bye", "/exit": self = .bye
        case "/clear": self = .clear
        case "/?", "/help": self = .help(argument)
        case "/list": self = .list(argument)
        case "/load": self = argument.map { .load($0) } ?? .usage("Usage:\n  /load <modelname>")
        case "/save": self = argument.map { .save($0) } ?? .usage("Usage:\n  /save <modelname>")
        case "/show": self = argument.flatMap(Subject.init(rawValue:)).map { .show($0) } ?? .showHelp
        case "/set": self = Self.setting(words, line)
        default: self = .unknown(words.first ?? line)
        }
    }

    /// What may stand at the beginning of a line.
    package static let names: [String] =
        ["/bye", "/exit", "/clear", "/help", "/list", "/load", "/save", "/show", "/set"] + settings.map { "/set \($0)" }

    private static let settings = [
        "parameter", "system", "history", "nohistory", "wordwrap", "nowordwrap", "verbose", "quiet", "format",
        "noformat",
        "think", "nothink",
    ]

    private static func setting(_ words: [String], _ line: String) -> SlashCommand {
        guard words.count > 1 else { return .setHelp }
        switch words[1] {
        case "parameter":
            guard words.count > 3 else { return .set(.parameterHelp) }
            return .set(.parameter(name: words[2], values: Array(words[3...])))
        case "system":
            let text = line.dropFirst("/set".count).trimmingWhitespace().dropFirst("system".count).trimmingWhitespace()
            guard !text.isEmpty else { return .usage("Usage:\n  /set system <message>") }
            return .set(.system(unquoted(text)))
        case "history": return .set(.history(true))
        case "nohistory": return .set(.history(false))
        case "wordwrap": return .set(.wordWrap(true))
        case "nowordwrap": return .set(.wordWrap(false))
        case "verbose": return .set(.verbose(true))
        case "quiet": return .set(.verbose(false))
        case "format": return .set(.format(words.count > 2 ? words[2] : ""))
        case "noformat": return .set(.noFormat)
        case "think": return .set(.think(words.count > 2 ? words[2] : nil))
        case "nothink": return .set(.noThink)
        default: return .unknown("/set \(words[1])")
        }
    }

    private static func unquoted(_ text: String) -> String {
        for quote in ["\"\"\"", "\""]
        where text.count >= 2 * quote.count && text.hasPrefix(quote) && text.hasSuffix(quote) {
            return String(text.dropFirst(quote.count).dropLast(quote.count))
        }
        return text
    }
}

extension StringProtocol {
    func trimmingWhitespace() -> String {
        var rest = Substring(self).drop { $0.isWhitespace }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}

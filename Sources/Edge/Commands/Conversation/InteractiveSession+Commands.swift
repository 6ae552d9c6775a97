import APIClient
import APITypes
import JSON
import ModelLibrary
import Options
import OrderedCollections
import Terminal

extension InteractiveSession {
    /// Does what a line such as `/set …` asks.
    /// - Returns: false when the conversation ends.
    mutating func perform(_ command: SlashCommand) async throws -> Bool {
        do {
            switch command {
            case .bye: return false
            case .help(let topic): terminal.writeErrorLine(PromptHelp.text(for: topic))
            case .setHelp: terminal.writeErrorLine(PromptHelp.set)
            case .showHelp: terminal.writeErrorLine(PromptHelp.show)
            case .usage(let text): terminal.writeLine(text)
            case .unknown(let name):
                let hint = NearestName.hint(for: name, among: SlashCommand.names)
                terminal.writeLine("Unknown command '\(name)'. Type /? for help" + hint)
            case .clear:
                messages = messages.filter { $0.role == "system" }
                terminal.writeLine("Cleared session context")
            case .set(let setting): apply(setting)
            case .show(let subject): show(subject)
            case .list(let prefix):
                let tags = try await client.list()
                for line in ModelTables.stored(tags.models, prefix: prefix, now: .now) { terminal.writeLine(line) }
            case .load(let model): try await load(model)
            case .save(let model): try await save(model)
            }
        } catch let error as APIClientError {
            terminal.writeNotice("error: \(error)")
        }
        return true
    }

    private mutating func load(_ model: String) async throws {
        terminal.writeLine("Loading model '\(model)'")
        do {
            description = try await client.show(ShowRequest(model: model))
        } catch let error as APIClientError where error.isNotFound {
            terminal.writeLine("Couldn't find model '\(model)'" + (await client.hint(for: model)))
            return
        }
        settings.model = model
        messages = description.messages
    }

    private func save(_ model: String) async throws {
        let request = CreateRequest(
            saving: messages, with: settings.model, parameters: settings.parameters.options, as: model)
        for try await _ in try await client.create(request) {}
        terminal.writeLine("Created new model '\(model)'")
    }

    private mutating func apply(_ setting: SlashCommand.Setting) {
        switch setting {
        case .parameterHelp: terminal.writeErrorLine(PromptHelp.parameters)
        case .parameter(let name, let values): setParameter(name, values)
        case .system(let text):
            if messages.last?.role == "system" { messages.removeLast() }
            messages.append(ChatMessage(role: "system", content: text))
            terminal.writeLine("Set system message.")
        case .history(let isOn): keepsHistory = isOn
        case .wordWrap(let isOn):
            settings.wrapsWords = isOn
            terminal.writeLine("Set '\(isOn ? "" : "no")wordwrap' mode.")
        case .verbose(let isOn):
            settings.isVerbose = isOn
            terminal.writeLine("Set '\(isOn ? "verbose" : "quiet")' mode.")
        case .format("json"):
            settings.parameters.format = .string("json")
            terminal.writeLine("Set format to 'json' mode.")
        case .format:
            terminal.writeLine("Invalid or missing format. For 'json' mode use '/set format json'")
        case .noFormat:
            settings.parameters.format = nil
            terminal.writeLine("Disabled format.")
        case .think(let level): setThink(level)
        case .noThink:
            settings.parameters.think = .bool(false)
            terminal.writeLine("Set 'nothink' mode.")
        }
    }

    private mutating func setThink(_ level: String?) {
        guard level.map(ThinkValue.levels.contains) ?? true else {
            terminal.writeLine("Invalid think level; use one of \(ThinkValue.levels.joined(separator: ", "))")
            return
        }
        settings.parameters.think = level.map { .level($0) } ?? .bool(true)
        terminal.writeLine("Set 'think' mode" + (level.map { " to '\($0)'" } ?? "") + ".")
        if !description.capabilities.contains("thinking") {
            terminal.writeErrorLine("warning: model \"\(settings.model)\" does not support thinking output")
        }
    }

    private mutating func setParameter(_ name: String, _ values: [String]) {
        do {
            // JSON may have spaces. Repeated texts, such as stop words, make one list.
            let words = OptionCatalog.named(name)?.kind == .biases ? [values.joined(separator: " ")] : values
            let parsed = try words.map { try ModelParameter.value(of: $0, for: name) }
            let texts = parsed.compactMap(\.arrayValue).flatMap { $0 }
            settings.parameters.options[name] = texts.isEmpty ? parsed[0] : .array(texts)
            terminal.writeLine("Set parameter '\(name)' to '\(values.joined(separator: ", "))'")
        } catch {
            terminal.writeLine("Couldn't set parameter: \"\(error)\"")
        }
    }

    private func show(_ subject: SlashCommand.Subject) {
        switch subject {
        case .info: terminal.writeError(ModelDescription(description, verbose: false).text)
        case .license: show(description.license, orElse: "No license was specified for this model.")
        case .modelfile: terminal.writeLine(description.modelfile)
        case .template: show(description.template, orElse: "No prompt template was specified for this model.")
        case .system:
            let system = messages.last { $0.role == "system" }?.content ?? description.system
            show(system, orElse: "No system message was specified for this model.")
        case .parameters:
            terminal.writeLine("Model defined parameters:")
            show(
                description.parameters.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n"),
                orElse: "  No additional parameters were specified for this model.")
            guard !settings.parameters.options.isEmpty else { return }
            terminal.writeLine("\nUser defined parameters:")
            for (name, value) in settings.parameters.options {
                terminal.writeLine("  \(name)  \(JSONWriter(.compact).text(of: value))")
            }
        }
    }

    private func show(_ text: String, orElse fallback: String) {
        terminal.writeLine(text.isEmpty ? fallback : text)
    }
}

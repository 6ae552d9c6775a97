import Chat
import Constraints
import JSON

/// Compiles what answers are held to, and keeps what was used last.
final class AnswerConstraints: Sendable {
    private struct Source: Hashable, Sendable {
        let form: AnswerForm?
        let toolChoice: ToolChoice
        let setting: AnswerSetting
        let syntax: String
        let thinks: Bool
    }

    /// Of a prompt's end: marks that it may have opened are shorter.
    private static let promptEnd = 64

    private let cache = ConstraintCache<Source>()

    /// The constraint of whole answers. Computes: for a thread that may.
    /// - Throws: `formUnusable`, or `promptFailed` where the model knows no way to call a tool.
    func constraint(for form: AnswerForm?, _ answer: PromptedAnswer) throws(GenerationError) -> Constraint {
        var setting = answer.setting
        setting.prompt = String(decoding: setting.prompt.utf8.suffix(Self.promptEnd), as: UTF8.self)
        let source = Source(
            form: form, toolChoice: answer.toolChoice, setting: setting, syntax: answer.syntax.name,
            thinks: answer.thinks)
        do {
            return try cache.constraint(for: source) { source, limits in
                var writer = AnswerGrammar(answer.syntax, source.setting, Grammar()) { schema, isStrict, grammar in
                    try Self.argumentGrammar(schema, isStrict: isStrict, limits, in: &grammar)
                }
                let content = try form.map { try Self.grammar(of: $0, limits) }
                try writer.write(
                    AnswerDemand(
                        content: content.map { writer.embed($0) }, calls: Self.calls(source),
                        thinks: source.thinks))
                return writer.grammar
            }
        } catch let error as ConstraintError {
            throw Self.failure(form, error.description)
        } catch let error as SchemaError {
            throw Self.failure(form, error.description)
        } catch let error as RegexError {
            throw Self.failure(form, error.description)
        } catch let error as ChatError {
            throw .promptFailed(error.description)
        } catch {
            throw .promptFailed("\(error)")
        }
    }

    private static func failure(_ form: AnswerForm?, _ reason: String) -> GenerationError {
        let subject =
            switch form {
            case .json, .schema: "the answer's JSON schema"
            case .grammar: "the answer's grammar"
            case .regex: "the answer's regular expression"
            case nil: "the schema of a tool"
            }
        return .formUnusable("\(subject) cannot be used: \(reason)")
    }

    private static func calls(_ source: Source) -> AnswerDemand.Calls {
        switch source.toolChoice {
        case .required: .required
        case .named(let name): .named(name)
        case .automatic: source.setting.tools.isEmpty ? .none : .optional
        }
    }

    private static func grammar(of form: AnswerForm, _ limits: ConstraintLimits) throws -> Grammar {
        switch form {
        case .json: .anyJSONObject
        case .schema(let schema): try Grammar(jsonSchema: schema, limits: limits)
        case .grammar(let text): try Grammar(gbnf: text, limits: limits)
        case .regex(let text):
            Grammar(root: .regular(try RegularLanguage(regex: text, matching: .wholeText, limits: limits)))
        }
    }

    /// Arguments of a tool. Definitions often hold what describes more than it binds: a call is held to what can be, but for
    /// strict tools.
    private static func argumentGrammar(
        _ schema: JSONValue, isStrict: Bool, _ limits: ConstraintLimits, in grammar: inout Grammar
    ) throws -> Grammar.Expression {
        do throws(SchemaError) {
            return grammar.embed(try Grammar(jsonSchema: schema, limits: limits))
        } catch .unsupported where !isStrict {
            return grammar.embed(schema["type"]?.stringValue == "object" ? .anyJSONObject : .anyJSON)
        }
    }
}

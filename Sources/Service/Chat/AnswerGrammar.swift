package import Constraints
package import JSON

/// What an answer has to be.
package struct AnswerDemand: Sendable {
    package enum Calls: Hashable, Sendable {
        /// The answer is content.
        case none
        /// Content or calls, as the model likes.
        case optional
        /// At least one call, and no content.
        case required
        /// A call of this tool.
        case named(String)

        var allowsContent: Bool { self == .none || self == .optional }

        /// The tools of which a call may be written.
        func tools(of declared: DeclaredTools) -> [String] {
            switch self {
            case .none: []
            case .optional, .required: declared.names
            case .named(let name): [name]
            }
        }
    }

    /// What the content is; nil for any text.
    package var content: Grammar.Expression?
    package var calls: Calls
    /// Whether the model may think first where its prompt has not begun a thought.
    package var thinks: Bool

    package init(content: Grammar.Expression?, calls: Calls, thinks: Bool) {
        self.content = content
        self.calls = calls
        self.thinks = thinks
    }
}

/// Writes the grammar of a whole answer in a syntax: a thought as the model likes it, then what is demanded.
package struct AnswerGrammar {
    /// Adds the grammar of values that a JSON schema takes, and is told whether it has to bind in every point.
    package typealias Schema = (JSONValue, _ isStrict: Bool, inout Grammar) throws -> Grammar.Expression

    let syntax: AnswerSyntax
    let setting: AnswerSetting
    private let schema: Schema
    package private(set) var grammar: Grammar

    /// - Parameter grammar: with the rules of the demand's content.
    package init(_ syntax: AnswerSyntax, _ setting: AnswerSetting, _ grammar: Grammar, schema: @escaping Schema) {
        self.syntax = syntax
        self.setting = setting
        self.grammar = grammar
        self.schema = schema
    }

    /// Adds the rules of another grammar.
    package mutating func embed(_ other: Grammar) -> Grammar.Expression { grammar.embed(other) }

    /// Sets the grammar's root.
    /// - Throws: `ChatError.callsUnsupported`, or what `schema` throws.
    package mutating func write(_ demand: AnswerDemand) throws {
        if let writeGrammar = syntax.writeGrammar {
            grammar.root = try writeGrammar(&self, demand)
        } else {
            grammar.root = .sequence([
                thought(demand.thinks), try reply(demand, content(demand)) { try $0.calls($1) },
            ])
        }
    }

    // MARK: Thinking

    /// White space that may stand between parts of an answer.
    static let space = Grammar.Expression.regular(
        .repetition(.bytes(ByteSet(0x09...0x0A, 0x20...0x20)), atLeast: 0, atMost: 4))

    private func thought(_ thinks: Bool) -> Grammar.Expression {
        if let open = setting.thinking.first(where: { setting.prompt.endsIgnoringWhitespace(with: $0.opening) }) {
            return .sequence([Self.text(upTo: open.closing), Self.space])
        }
        guard thinks else { return .empty }
        return .choice(
            [.empty]
                + setting.thinking.map { marks in
                    .sequence([Self.space, .literal(marks.opening), Self.text(upTo: marks.closing), Self.space])
                })
    }

    static func text(upTo mark: String) -> Grammar.Expression { .regular(.text(upTo: Array(mark.utf8))) }

    // MARK: Content and calls

    /// Content, or calls of the tools that the demand allows.
    mutating func reply(
        _ demand: AnswerDemand, _ content: Grammar.Expression,
        calls: (inout AnswerGrammar, _ tools: [String]) throws -> Grammar.Expression
    ) throws -> Grammar.Expression {
        var choices = demand.calls.allowsContent ? [content] : []
        let tools = demand.calls.tools(of: setting.tools)
        if demand.calls != .none { choices.append(try calls(&self, tools)) }
        return choices.count == 1 ? choices[0] : .choice(choices)
    }

    private func content(_ demand: AnswerDemand) -> Grammar.Expression {
        let content = demand.content ?? Self.anyText
        // Where a prompt goes on with a mark that a call may stand behind, the content has one of its own.
        guard let opening = syntax.contentOpening, startsInCall else { return content }
        return .sequence([.literal(opening), content])
    }

    static let anyText = Grammar.Expression.regular(
        .repetition(.bytes(.all), atLeast: 0, atMost: nil))

    private var startsInCall: Bool {
        syntax.promptOpening.map { setting.prompt.endsIgnoringWhitespace(with: $0) } ?? false
    }

    /// Calls of some tools, as the syntax writes them.
    mutating func calls(_ names: [String]) throws -> Grammar.Expression {
        guard let written = syntax.toolCalls else { throw ChatError.callsUnsupported }
        let call = grammar.declareRule()
        grammar.define(call, as: .choice(try names.map { try self.call(of: $0, written) }))
        let opening = startsInCall ? "" : (syntax.promptOpening ?? "") + written.opening
        var parts: [Grammar.Expression] = [.literal(opening), .rule(call)]
        if setting.allowsParallelCalls, let separator = written.separator {
            parts.append(
                .repetition(.sequence([.literal(separator), .rule(call)]), atLeast: 0, atMost: Self.mostCalls - 1))
        }
        return .sequence(parts + [.literal(written.closing)])
    }

    private static let mostCalls = 32

    /// One call of a tool.
    mutating func call(of name: String, _ written: ToolCallSyntax) throws -> Grammar.Expression {
        .sequence(
            try written.call.map { piece in
                switch piece {
                case .text(let text): .literal(text)
                case .name: .literal(name)
                case .id: .regular(syntax.callIDs.language)
                case .index: .regular(.repetition(.bytes(ByteSet(0x30...0x39)), atLeast: 1, atMost: 2))
                case .arguments: try arguments(of: name, written.arguments)
                }
            })
    }

    private mutating func arguments(
        of name: String, _ form: ToolCallSyntax.Arguments
    ) throws -> Grammar.Expression {
        let parameters = setting.tools.schema(of: name)
        switch form {
        case .json: return try schema(.object(parameters), setting.tools.isStrict(name), &grammar)
        case .elements(let element):
            return try list(of: name, parameters, separator: "") { key, value, isText, grammar in
                let afterKey = isText ? element.afterStringKey ?? element.afterKey : element.afterKey
                let start = Grammar.Expression.literal(element.start + key + afterKey)
                if isText { return .sequence([start, Self.text(upTo: element.end)]) }
                return .sequence([start, try value(&grammar), .literal(element.end)])
            }
        case .keywords:
            return try list(of: name, parameters, separator: ", ") { key, value, _, grammar in
                .sequence([.literal(key + "="), try value(&grammar)])
            }
        case .bareObject(let quote):
            let members = try list(of: name, parameters, separator: ",") { key, value, isText, grammar in
                if isText { return .sequence([.literal(key + ":" + quote), Self.text(upTo: quote)]) }
                return .sequence([.literal(key + ":"), try value(&grammar)])
            }
            return .sequence([.literal("{"), members, .literal("}")])
        }
    }

    private typealias Value = (inout Grammar) throws -> Grammar.Expression

    /// The arguments in the order of their declaration; those that are not required may be left out.
    /// - Parameter item: an argument, of its key, the grammar of its value, and whether it is a text that has no quotes.
    private mutating func list(
        of name: String, _ parameters: JSONObject, separator: String,
        _ item: (_ key: String, _ value: Value, _ isText: Bool, inout Grammar) throws -> Grammar.Expression
    ) throws -> Grammar.Expression {
        let properties = parameters["properties"]?.objectValue ?? [:]
        let required = Set((parameters["required"]?.arrayValue ?? []).compactMap(\.stringValue))
        let isStrict = setting.tools.isStrict(name)
        // From the last one on: what follows where one was written before, and where none was.
        var following = Grammar.Expression.empty
        var first = Grammar.Expression.empty
        for (key, property) in properties.reversed() {
            let definitions = ["$defs", "definitions"].reduce(into: property.objectValue ?? [:]) { whole, word in
                if let list = parameters[word] { whole[word] = list }
            }
            let value: Value = { [schema] grammar in try schema(.object(definitions), isStrict, &grammar) }
            let rule = grammar.declareRule()
            let isText = setting.tools.takesOnlyStrings(key, of: name)
            grammar.define(rule, as: try item(key, value, isText, &grammar))
            let next = grammar.declareRule()
            let written = Grammar.Expression.sequence([.literal(separator), .rule(rule), following])
            grammar.define(next, as: required.contains(key) ? written : .choice([written, following]))
            let beginning = grammar.declareRule()
            let begun = Grammar.Expression.sequence([.rule(rule), following])
            grammar.define(beginning, as: required.contains(key) ? begun : .choice([begun, first]))
            (following, first) = (.rule(next), .rule(beginning))
        }
        return first
    }
}

extension CallIDs {
    fileprivate var language: RegularLanguage {
        let alphanumeric = ByteSet(0x30...0x39, 0x41...0x5A, 0x61...0x7A)
        switch self {
        case .any:
            return .repetition(
                .bytes(alphanumeric.union(ByteSet(0x2D...0x2D, 0x5F...0x5F))), atLeast: 1, atMost: 40)
        case .nineCharacters: return .repetition(.bytes(alphanumeric), atLeast: 9, atMost: 9)
        }
    }
}

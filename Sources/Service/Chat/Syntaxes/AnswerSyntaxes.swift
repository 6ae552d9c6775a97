/// All the ways in which models write thoughts and calls that Apus reads, one file each.
package enum AnswerSyntaxes {
    /// Of those that a template could be for, the first counts: what others contain stands behind them.
    package static let all: [AnswerSyntax] = [
        .harmony, .glimmer, .gemma4, .functionGemma, .deepSeekV32, .deepSeekR1, .deepSeekV31, .kimi, .seedOSS,
        .miniMaxM2, .miniMaxM1, .apertus, .commandR7B, .granite, .phi4, .lfm2, .nemotron, .olmo3, .miniCPM, .qwenXML,
        .glm45, .functionaryV31, .functionaryV32, .mistralNamed, .mistralList, .hermes, .commandR, .llama3, .llama4,
        .glm4, .gemma3, .jsonObjects, .passthrough,
    ]

    /// What a model writes: what its configuration says, else what its template's own marks say, else what is usual for
    /// its architecture, else plain JSON.
    /// - Parameter template: all of the template's text.
    package static func choose(_ hints: AnswerHints, template: String) -> AnswerSyntax {
        hints.configurationNames.lazy.compactMap(named).first ?? matching(template) ?? usual(for: hints.architecture)
            ?? .jsonObjects
    }

    /// - Parameter name: of a renderer or a parser, as in a model's configuration.
    static func named(_ name: String) -> AnswerSyntax? {
        all.first { $0.configurationNames.contains(name) }
    }

    /// Nil where the template has marks of none.
    static func matching(_ template: String) -> AnswerSyntax? {
        all.first { $0.templateMarks.contains { $0.allSatisfy { template.mentions($0) } } }
    }

    private static func usual(for architecture: String) -> AnswerSyntax? {
        all.first { $0.families.contains(architecture) }
    }

    /// The marks of thinking that a template knows: those of the syntax, else the first of any.
    static func thinkingMarks(of template: String, preferring syntax: AnswerSyntax) -> [ThinkingMarks] {
        func isKnown(_ marks: ThinkingMarks) -> Bool {
            template.mentions(marks.opening) && template.mentions(marks.closing)
        }
        let own = syntax.thinking.filter(isKnown)
        guard own.isEmpty else { return own }
        return all.lazy.flatMap(\.thinking).first(where: isKnown).map { [$0] } ?? []
    }
}

/// What is known of a model's answers beside its template.
package struct AnswerHints: Hashable, Sendable {
    /// The `parser` and the `renderer` of the model's configuration; empty where it has none.
    package var parser: String
    package var renderer: String
    /// The model file's `general.architecture`.
    package var architecture: String

    package init(parser: String = "", renderer: String = "", architecture: String = "") {
        self.parser = parser
        self.renderer = renderer
        self.architecture = architecture
    }

    var configurationNames: [String] { [parser, renderer].filter { !$0.isEmpty } }
}

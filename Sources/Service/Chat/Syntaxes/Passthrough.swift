extension AnswerSyntax {
    /// Nothing is told apart.
    package static let passthrough = AnswerSyntax(
        name: "passthrough", configurationNames: ["passthrough"],
        example: AnswerExample("Let me see.", thinking: nil, calls: []))
}

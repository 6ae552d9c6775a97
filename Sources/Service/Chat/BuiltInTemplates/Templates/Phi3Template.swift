extension BuiltInTemplate {
    static let phi3 = BuiltInTemplate(
        name: "phi-3",
        source: """
            {{ range .Messages }}<|{{ .Role }}|>
            {{ .Content }}<|end|>
            {{ end }}<|assistant|>

            """,
        stops: ["<|end|>", "<|system|>", "<|user|>", "<|assistant|>"])
}

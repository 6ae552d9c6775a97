extension BuiltInTemplate {
    static let chatML = BuiltInTemplate(
        name: "chatml",
        source: """
            {{ range .Messages }}<|im_start|>{{ .Role }}
            {{ .Content }}<|im_end|>
            {{ end }}<|im_start|>assistant

            """,
        stops: ["<|im_start|>", "<|im_end|>"])
}

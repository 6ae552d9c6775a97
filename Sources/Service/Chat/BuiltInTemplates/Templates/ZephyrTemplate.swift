extension BuiltInTemplate {
    static let zephyr = BuiltInTemplate(
        name: "zephyr",
        source: """
            {{ range .Messages }}<|{{ .Role }}|>
            {{ .Content }}</s>
            {{ end }}<|assistant|>

            """,
        stops: ["<|system|>", "</s>", "<|user|>", "<|assistant|>"])
}

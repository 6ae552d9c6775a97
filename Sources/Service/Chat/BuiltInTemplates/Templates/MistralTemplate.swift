extension BuiltInTemplate {
    /// The stops are those of another format; Ollama has them here.
    static let mistralInstruct = BuiltInTemplate(
        name: "mistral-instruct",
        source: """
            {{ $system := .System }}{{ range .Messages }}{{ if eq .Role "user" }}[INST] {{ if $system }}{{ $system }}

            {{ $system = "" }}{{ end }}{{ .Content }} [/INST]{{ else if eq .Role "assistant" }}{{ .Content }}</s>{{ end }}{{ end }}
            """,
        stops: ["<|im_start|>", "<|im_end|>"])
}

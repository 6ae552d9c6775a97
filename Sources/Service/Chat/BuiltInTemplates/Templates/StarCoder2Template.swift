extension BuiltInTemplate {
    /// Without the introduction that the model files give.
    static let starCoder2Instruct = BuiltInTemplate(
        name: "starcoder2-instruct",
        source: """
            {{ $system := .System }}{{ range .Messages }}{{ if eq .Role "user" }}### Instruction
            {{ if $system }}{{ $system }}

            {{ $system = "" }}{{ end }}{{ .Content }}

            {{ else if eq .Role "assistant" }}### Response
            {{ .Content }}<|endoftext|>

            {{ end }}{{ end }}### Response

            """,
        stops: ["### Instruction", "### Response", "<|endoftext|>"])
}

extension BuiltInTemplate {
    static let vicuna = BuiltInTemplate(
        name: "vicuna",
        source: """
            {{ $system := .System }}{{ range .Messages }}{{ if eq .Role "user" }}{{ if $system }}{{ $system }}

            {{ $system = "" }}{{ end }}USER: {{ .Content }}
            {{ else if eq .Role "assistant" }}ASSISTANT: {{ .Content }}</s>
            {{ end }}{{ end }}ASSISTANT:
            """,
        stops: ["USER:", "ASSISTANT:"])
}

extension BuiltInTemplate {
    static let gemmaInstruct = BuiltInTemplate(
        name: "gemma-instruct",
        source: """
            {{ $system := .System }}{{ range .Messages }}{{ if eq .Role "user" }}<start_of_turn>user
            {{ if $system }}{{ $system }}

            {{ $system = "" }}{{ end }}{{ .Content }}<end_of_turn>
            {{ else if eq .Role "assistant" }}<start_of_turn>model
            {{ .Content }}<end_of_turn>
            {{ end }}{{ end }}<start_of_turn>model

            """,
        stops: ["<start_of_turn>", "<end_of_turn>"])
}

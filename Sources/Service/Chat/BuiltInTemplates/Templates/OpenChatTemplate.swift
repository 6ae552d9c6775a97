extension BuiltInTemplate {
    static let openChat = BuiltInTemplate(
        name: "openchat",
        source: """
            {{ range .Messages }}GPT4 Correct
            {{- if eq .Role "system" }} System:{{ else if eq .Role "user" }} User:{{ else if eq .Role "assistant" }} Assistant:
            {{- end }} {{ .Content }}<|end_of_turn|>{{ end }}GPT4 Correct Assistant:
            """,
        stops: ["<|end_of_turn|>"])
}

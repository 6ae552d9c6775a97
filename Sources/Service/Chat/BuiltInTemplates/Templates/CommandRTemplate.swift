extension BuiltInTemplate {
    /// Without tools: a model file of this format that offers them stays in charge. Ends with one mark more than turns, as
    /// Ollama's does.
    static let commandR = BuiltInTemplate(
        name: "command-r",
        source: """
            {{ if .System }}<|START_OF_TURN_TOKEN|><|SYSTEM_TOKEN|>{{ .System }}<|END_OF_TURN_TOKEN|>{{ end }}
            {{- range .Messages }}{{ if ne .Role "system" }}<|START_OF_TURN_TOKEN|>
            {{- if eq .Role "user" }}<|USER_TOKEN|>{{ .Content }}
            {{- else if eq .Role "assistant" }}<|CHATBOT_TOKEN|>{{ .Content }}{{ end }}<|END_OF_TURN_TOKEN|>{{ end }}{{ end }}
            {{- "" }}<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>

            """,
        stops: ["<|START_OF_TURN_TOKEN|>", "<|END_OF_TURN_TOKEN|>"])
}

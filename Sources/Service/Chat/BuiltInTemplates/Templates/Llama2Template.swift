extension BuiltInTemplate {
    static let llama2Chat = BuiltInTemplate(
        name: "llama2-chat",
        source: """
            {{ $system := .System }}[INST] {{ range .Messages }}{{ if eq .Role "user" }}<<SYS>>{{ if $system }}
            {{ $system }}
            {{ $system = "" }}{{ end }}<</SYS>>

            {{ .Content }} [/INST]{{ else if eq .Role "assistant" }} {{ .Content }}</s><s>[INST] {{ end }}{{ end }}
            """,
        stops: ["[INST]", "[/INST]", "<<SYS>>", "<</SYS>>"])
}

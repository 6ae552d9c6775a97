extension BuiltInTemplate {
    static let magicoder = BuiltInTemplate(
        name: "magicoder",
        source: """
            {{ $system := .System }}{{ range .Messages }}{{ if ne .Role "system" }}
            {{- if eq .Role "user" }}{{ if $system }}{{ $system }}

            {{ $system = "" }}{{ end }}@@ Instruction{{ else if eq .Role "assistant" }}@@ Response{{ end }}
            {{ .Content }}

            {{ end }}{{ end }}@@ Response

            """,
        stops: ["@@ Instruction", "@@ Response"])
}

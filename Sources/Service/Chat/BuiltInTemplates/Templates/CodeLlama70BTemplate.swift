extension BuiltInTemplate {
    static let codeLlama70BInstruct = BuiltInTemplate(
        name: "codellama-70b-instruct",
        source: """
            {{ range .Messages }}Source:{{ if ne .Role "tool" }} {{ .Role }}{{ end }}

             {{ .Content }} <step> {{ end }}Source: assistant
            Destination: user

            \u{20}
            """,
        stops: ["Source:", "Destination:", "<step>"])
}

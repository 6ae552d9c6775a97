extension BuiltInTemplate {
    static let graniteInstruct = BuiltInTemplate(
        name: "granite-instruct",
        source: """
            {{ range .Messages }}{{ if eq .Role "system" }}System:
            {{ .Content }}

            {{ else if eq .Role "user" }}Question:
            {{ .Content }}

            {{ else if eq .Role "assistant" }}Answer:
            {{ .Content }}

            {{ end }}{{ end }}Answer:

            """,
        stops: ["System:", "Question:", "Answer:"])
}

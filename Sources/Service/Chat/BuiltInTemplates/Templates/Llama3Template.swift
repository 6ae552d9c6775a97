extension BuiltInTemplate {
    static let llama3Instruct = BuiltInTemplate(
        name: "llama3-instruct",
        source: """
            {{ range .Messages }}<|start_header_id|>{{ .Role }}<|end_header_id|>

            {{ .Content }}<|eot_id|>{{ end }}<|start_header_id|>assistant<|end_header_id|>


            """,
        stops: ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"])
}

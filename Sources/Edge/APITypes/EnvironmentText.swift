/// How the text of an environment variable is read, by the server and by the commands.
package enum EnvironmentText {
    /// Without the white space and quotes around it, which files of variables leave there; nil where nothing remains.
    package static func value(_ text: String?) -> String? {
        guard var rest = text?[...] else { return nil }
        func isOuter(_ character: Character) -> Bool { character.isWhitespace || character == "\"" || character == "'" }
        while let first = rest.first, isOuter(first) { rest.removeFirst() }
        while let last = rest.last, isOuter(last) { rest.removeLast() }
        return rest.isEmpty ? nil : String(rest)
    }

    /// A number, or a word for true or false; any other text is true.
    package static func level(_ text: String) -> Int {
        if let number = Int(text) { return max(0, number) }
        return ["f", "false"].contains(text.lowercased()) ? 0 : 1
    }
}

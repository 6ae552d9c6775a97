import Tensors

extension GGUFFile {
    /// The file as lines of text: its version, the metadata (arrays and long text abbreviated) and the tensors.
    package func descriptionLines() -> [String] {
        var lines = ["GGUF version \(version), \(metadata.count) metadata entries, \(tensors.count) tensors", ""]
        for key in metadata.keys {
            guard let value = metadata[key] else { continue }
            lines.append("\(key) = \(Self.oneLine(value))")
        }
        lines.append("")
        let nameWidth = tensors.map(\.name.count).max() ?? 0
        let typeWidth = tensors.map(\.type.name.count).max() ?? 0
        for tensor in tensors {
            let name = tensor.name.padded(to: nameWidth)
            lines.append("\(name)  \(tensor.type.name.padded(to: typeWidth))  \(tensor.shape)")
        }
        return lines
    }

    private static func oneLine(_ value: GGUFValue) -> String {
        guard case .string(let text) = value else { return value.description }
        let longest = 120
        let shown = text.prefix(longest)
        let quoted = String(shown).debugDescription
        return shown.endIndex == text.endIndex ? quoted : "\(quoted)… (\(text.utf8.count) bytes)"
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

import Tensors

extension GGUFFile {
    /// The file as lines of text: its version, the metadata (arrays and long text abbreviated) and the tensors. Names are
    /// the file's own and may hold anything.
    package func descriptionLines() -> [String] {
        let files = partCount > 1 ? " in \(partCount) files" : ""
        var lines = [
            "GGUF version \(version), \(metadata.count) metadata entries, \(tensors.count) tensors" + files, "",
        ]
        for key in metadata.keys {
            guard let value = metadata[key] else { continue }
            lines.append("\(key) = \(value.abbreviated)")
        }
        lines.append("")
        let nameWidth = min(Self.widestColumn, tensors.map(\.name.count).max() ?? 0)
        let typeWidth = tensors.map(\.type.name.count).max() ?? 0
        for tensor in tensors {
            let name = tensor.name.padded(to: nameWidth)
            lines.append("\(name)  \(tensor.type.name.padded(to: typeWidth))  \(tensor.shape)")
        }
        return lines
    }

    /// Longer names stand out of their column, so that one of them does not widen every line.
    private static let widestColumn = 64
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

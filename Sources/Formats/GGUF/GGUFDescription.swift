import Tensors

extension GGUFFile {
    /// The file as lines of text: its version, the metadata (arrays and long text abbreviated) and the tensors.
    package func descriptionLines() -> [String] {
        var lines = ["GGUF version \(version), \(metadata.count) metadata entries, \(tensors.count) tensors", ""]
        for key in metadata.keys {
            guard let value = metadata[key] else { continue }
            lines.append("\(key.printable) = \(value.abbreviated)")
        }
        lines.append("")
        let nameWidth = tensors.map(\.name.count).max() ?? 0
        let typeWidth = tensors.map(\.type.name.count).max() ?? 0
        for tensor in tensors {
            let name = tensor.name.printable.padded(to: nameWidth)
            lines.append("\(name)  \(tensor.type.name.padded(to: typeWidth))  \(tensor.shape)")
        }
        return lines
    }
}

extension String {
    /// Without control characters, which could steer a terminal.
    fileprivate var printable: String {
        String(
            String.UnicodeScalarView(unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 })
        )
    }

    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}

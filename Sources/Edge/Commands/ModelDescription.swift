package import APITypes
import JSON
import OrderedCollections
import Terminal

/// The sections that `show` prints.
package struct ModelDescription {
    private let response: ShowResponse
    private let verbose: Bool

    package init(_ response: ShowResponse, verbose: Bool) {
        self.response = response
        self.verbose = verbose
    }

    package var text: String {
        sections.map { header, rows in
            var table = TextTable(indent: "  ")
            for row in rows { table.add([""] + row) }
            return (["  \(header)"] + table.lines).joined(separator: "\n") + "\n\n"
        }.joined()
    }

    private var sections: [(String, [[String]])] {
        var sections = [("Model", model)]
        if !response.unsupported.isEmpty { sections.append(("Cannot be run", [[response.unsupported]])) }
        if !response.capabilities.isEmpty {
            sections.append(("Capabilities", response.capabilities.map { [$0] }))
        }
        if !response.parameters.isEmpty {
            sections.append(("Parameters", parameters))
        }
        if verbose {
            sections.append(("Options", response.options.map { [$0.name, $0.value, $0.source] }))
            sections.append(("Metadata", metadata))
            sections.append(("Tensors", response.tensors.map { [$0.name, $0.type, "\($0.shape)"] }))
        }
        if !response.system.isEmpty { sections.append(("System", head(response.system))) }
        if !response.license.isEmpty { sections.append(("License", head(response.license))) }
        return sections
    }

    private var model: [[String]] {
        let details = response.details
        let architecture = response.modelInfo["general.architecture"]?.stringValue ?? details.family
        var rows = [["architecture", architecture]]
        func add(_ label: String, _ text: String?) {
            if let text, !text.isEmpty { rows.append([label, text]) }
        }
        add("parameters", details.parameterSize)
        add("context length", response.modelInfo["\(architecture).context_length"]?.intValue.map(String.init))
        add("embedding length", response.modelInfo["\(architecture).embedding_length"]?.intValue.map(String.init))
        add("quantization", details.quantizationLevel)
        add("requires", response.requires)
        return rows
    }

    private var parameters: [[String]] {
        response.parameters.split(separator: "\n").map { line in
            let name = line.prefix { !$0.isWhitespace }
            return [String(name), String(line.dropFirst(name.count).drop { $0.isWhitespace })]
        }
    }

    private var metadata: [[String]] {
        response.modelInfo.sorted { $0.key < $1.key }.map { [$0.key, abbreviated($0.value)] }
    }

    private func abbreviated(_ value: JSONValue) -> String {
        guard case .array(let elements) = value else { return plain(value) }
        let shown = elements.prefix(3).map(plain).joined(separator: " ")
        return elements.count > 3 ? "[\(shown) ...+\(elements.count - 3) more]" : "[\(shown)]"
    }

    private func plain(_ value: JSONValue) -> String {
        value.stringValue ?? JSONWriter(.compact).text(of: value)
    }

    /// The first two lines that are not empty.
    private func head(_ text: String) -> [[String]] {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.drop { $0.isWhitespace } }.filter { !$0.isEmpty }
        return lines.prefix(2).map { [String($0)] } + (lines.count > 2 ? [["..."]] : [])
    }
}

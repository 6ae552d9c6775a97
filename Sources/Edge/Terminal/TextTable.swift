/// Left-aligned columns with four spaces between them, no rules.
package struct TextTable: Sendable {
    private var rows: [[String]] = []
    private let indent: String

    package init(header: [String]? = nil, indent: String = "") {
        self.indent = indent
        if let header { rows.append(header) }
    }

    package mutating func add(_ row: [String]) { rows.append(row) }

    package var lines: [String] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { column < $0.count ? $0[column].displayWidth : 0 }.max() ?? 0
        }
        return rows.map { row in
            indent
                + row.enumerated().map { column, text in
                    text + String(repeating: " ", count: widths[column] - text.displayWidth + 4)
                }.joined()
        }
    }
}

/// Left-aligned columns with four spaces between them, no rules. Cells are printable lines, whatever was added.
package struct TextTable: Sendable {
    /// A longer cell stands out of its column, so that one of them does not widen every row.
    private static let widestColumn = 120

    private var rows: [[String]] = []
    private let indent: String

    package init(header: [String]? = nil, indent: String = "") {
        self.indent = indent
        if let header { rows.append(header) }
    }

    package mutating func add(_ row: [String]) { rows.append(row.map { $0.printableLine() }) }

    package var lines: [String] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            min(Self.widestColumn, rows.map { column < $0.count ? $0[column].displayWidth : 0 }.max() ?? 0)
        }
        return rows.map { row in
            indent
                + row.enumerated().map { column, text in
                    text + String(repeating: " ", count: max(0, widths[column] - text.displayWidth) + 4)
                }.joined()
        }
    }
}

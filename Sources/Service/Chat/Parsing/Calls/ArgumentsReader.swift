import JSON

/// Reads the arguments of a call, an object, and passes them on as JSON text while they come.
struct ArgumentsReader: Sendable {
    enum Step {
        case more
        /// The object ends with this byte.
        case done(JSONObject)
        case invalid
    }

    private enum Spelling {
        case json(JSONScanner)
        case literal(LiteralReader)
    }

    private var spelling: Spelling
    private var json: [UInt8] = []

    /// - Parameter spelling: nil for JSON.
    init(_ spelling: LiteralReader.Spelling? = nil) {
        self.spelling = spelling.map { .literal(LiteralReader($0)) } ?? .json(JSONScanner())
    }

    mutating func take(_ byte: UInt8, _ sink: inout PartSink) -> Step {
        let start = json.count
        let isDone: Bool
        switch spelling {
        case .json(var scanner):
            let isControl = byte < 0x20 && scanner.isInString
            let event = scanner.take(byte)
            spelling = .json(scanner)
            if case .invalid = event { return .invalid }
            if isControl { json += byte.controlEscaped } else { json.append(byte) }
            if case .done = event { isDone = true } else { isDone = false }
        case .literal(var reader):
            let step = reader.take(byte, into: &json)
            spelling = .literal(reader)
            switch step {
            case .more: isDone = false
            case .done: isDone = true
            case .doneBefore, .invalid: return .invalid
            }
        }
        sink.append(json[start...], as: .arguments)
        guard isDone else { return .more }
        guard let object = (try? JSONParser.parse(json))?.objectValue else { return .invalid }
        return .done(object)
    }
}

import JSON

/// Gathers the parts of an answer while its bytes are read one by one.
struct PartSink: Sendable {
    enum Text {
        case content, thinking, arguments
    }

    /// The tools that may be called.
    let tools: DeclaredTools
    /// Calls after the first leave no parts.
    private let allowsParallelCalls: Bool
    private let callIDs: CallIDs
    private var parts: [OutputPart] = []
    private var kind = Text.content
    private var bytes: [UInt8] = []
    private var openCall: (id: String?, name: String)?
    /// Calls that are complete.
    private(set) var callCount = 0

    init(tools: DeclaredTools, allowsParallelCalls: Bool = true, callIDs: CallIDs = .any) {
        self.tools = tools
        self.allowsParallelCalls = allowsParallelCalls
        self.callIDs = callIDs
    }

    /// A call has begun and is not complete.
    var isInCall: Bool { openCall != nil }
    private var isMuted: Bool { !allowsParallelCalls && callCount > 0 }

    mutating func append(_ byte: UInt8, as kind: Text) {
        guard kind != .arguments || !isMuted else { return }
        change(to: kind)
        bytes.append(byte)
    }

    mutating func append(_ more: some Collection<UInt8>, as kind: Text) {
        guard !more.isEmpty, kind != .arguments || !isMuted else { return }
        change(to: kind)
        bytes += more
    }

    /// - Parameter id: as the model wrote it.
    mutating func beginCall(_ name: String, id: String? = nil) {
        let id = callIDs.accepts(id) ? id : callIDs.make()
        openCall = (id, name)
        guard !isMuted else { return }
        flush()
        parts.append(.toolCallStart(id: id, name: name))
    }

    mutating func endCall(_ arguments: JSONObject) {
        guard let (id, name) = openCall else { return }
        openCall = nil
        if !isMuted {
            flush()
            parts.append(.toolCall(ToolCall(id: id, name: name, arguments: arguments)))
        }
        callCount += 1
    }

    mutating func abandonCall() {
        guard openCall != nil else { return }
        openCall = nil
        guard !isMuted else { return }
        flush()
        parts.append(.toolCallAbandoned)
    }

    /// The parts so far. Bytes of a character that is not complete stay.
    mutating func take() -> [OutputPart] {
        let open = bytes.openCharacterLength
        let rest = bytes.suffix(open)
        bytes.removeLast(open)
        flush()
        bytes = Array(rest)
        defer { parts = [] }
        return parts
    }

    /// All that is left.
    mutating func finish() -> [OutputPart] {
        flush()
        defer { parts = [] }
        return parts
    }

    private mutating func change(to next: Text) {
        guard next != kind else { return }
        flush()
        kind = next
    }

    private mutating func flush() {
        guard !bytes.isEmpty else { return }
        let text = bytes.text
        bytes.removeAll(keepingCapacity: true)
        switch kind {
        case .content: parts.append(.content(text))
        case .thinking: parts.append(.thinking(text))
        case .arguments: parts.append(.toolCallArguments(text))
        }
    }
}

extension [UInt8] {
    /// How many bytes at the end begin a character of UTF-8 whose other bytes are still to come.
    fileprivate var openCharacterLength: Int {
        for length in 1...3 where length <= count {
            let byte = self[count - length]
            if byte & 0xC0 == 0x80 { continue }
            let whole = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
            return whole > length ? length : 0
        }
        return 0
    }
}

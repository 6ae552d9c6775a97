import JSON

/// Finds tool calls by a tag and JSON behind it. The tags `{` and `[` are the JSON itself and must come first.
package struct ToolCallParser: OutputParser {
    private enum State {
        case beforeTag
        /// Inside of a call, or behind the first one.
        case calling
        /// After a call whose tag is its own brace: another may follow.
        case betweenCalls
        /// The rest is content.
        case done
    }

    private let tag: String
    private let tagScanner: TagScanner
    private let reader: ToolCallReader
    private var state = State.beforeTag
    private var callCount = 0
    private var pending: [UInt8] = []
    /// How many bytes of `pending` were looked at.
    private var scanned = 0
    private var objects = JSONObjectScanner()
    private var openBrackets = 0
    /// An object that came before the name of its tool.
    private var unnamed: JSONObject?

    /// - Parameters:
    ///   - tag: see `GoTemplate.toolCallTag`.
    ///   - tools: the names that may be called.
    package init(tag: String, tools: [String]) {
        self.tag = tag
        tagScanner = TagScanner([tag])
        reader = ToolCallReader(tools: tools)
    }

    package mutating func push(_ text: String) -> [OutputPart] {
        pending += text.utf8
        var parts: [OutputPart] = []
        while advance(&parts) {}
        return parts
    }

    package mutating func finish() -> [OutputPart] {
        defer { pending = [] }
        switch state {
        case .beforeTag, .done: return pending.isEmpty ? [] : [.content(pending.text)]
        case .betweenCalls: return []
        case .calling:
            if let unnamed, let name = reader.firstName(in: pending[...]) {
                return [.toolCall(reader.call(name, unnamed))]
            }
            return isBare && callCount == 0 ? [.content(pending.text)] : []
        }
    }

    /// The tag is the beginning of the JSON.
    private var isBare: Bool { tag == "{" || tag == "[" }

    /// Returns whether the state changed, or there is more to look at.
    private mutating func advance(_ parts: inout [OutputPart]) -> Bool {
        switch state {
        case .beforeTag: return lookForTag(&parts)
        case .calling: return lookForCall(&parts)
        case .betweenCalls: return lookForNextCall()
        case .done:
            emit(pending.count, &parts)
            return false
        }
    }

    private mutating func lookForTag(_ parts: inout [OutputPart]) -> Bool {
        if isBare {
            emit(pending.prefix(while: \.isWhitespace).count, &parts)
            guard let first = pending.first else { return false }
            state = [first].elementsEqual(tag.utf8) ? .calling : .done
            return true
        }
        guard let match = tagScanner.firstMatch(in: pending) else {
            emit(pending.count - tagScanner.partialMatchLength(in: pending), &parts)
            return false
        }
        emit(match.lowerBound, &parts)
        scanned = match.count
        state = .calling
        return true
    }

    /// Looks at the bytes that came, up to the end of an object that is a call.
    private mutating func lookForCall(_ parts: inout [OutputPart]) -> Bool {
        while scanned < pending.count {
            let byte = pending[scanned]
            let object = objects.scan(byte, at: scanned)
            scanned += 1
            if let object {
                if let call = call(in: object) {
                    parts.append(.toolCall(call))
                    callCount += 1
                    consume(scanned)
                    if tag == "{" { state = .betweenCalls }
                    return true
                }
                if tag == "{" { return giveUp() }
            }
            if tag == "[", closesList(byte) { return giveUp() }
        }
        return false
    }

    private mutating func call(in range: Range<Int>) -> ToolCall? {
        guard case .object(let object)? = try? JSONParser.parse(Array(pending[range])) else { return nil }
        switch reader.claim(of: object) {
        case .declared(let name): return reader.call(name, object)
        case .undeclared: return nil
        case .none: break
        }
        guard let name = reader.firstName(in: pending[..<range.upperBound]) else {
            unnamed = unnamed ?? object
            return nil
        }
        return reader.call(name, unnamed ?? object)
    }

    private mutating func closesList(_ byte: UInt8) -> Bool {
        guard objects.isOutside else { return false }
        if byte == UInt8(ascii: "[") { openBrackets += 1 }
        if byte == UInt8(ascii: "]") { openBrackets -= 1 }
        return openBrackets == 0
    }

    /// The JSON is over: what was no call is content, and so is what follows.
    private mutating func giveUp() -> Bool {
        if tag == "[", callCount > 0 { consume(scanned) }
        state = .done
        return true
    }

    private mutating func lookForNextCall() -> Bool {
        let separators = pending.prefix { $0.isWhitespace || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ";") }.count
        guard separators < pending.count else { return false }
        if pending[separators] == UInt8(ascii: "{") {
            consume(separators)
            state = .calling
        } else {
            state = .done
        }
        return true
    }

    private mutating func consume(_ count: Int) {
        pending.removeFirst(count)
        scanned = 0
        objects = JSONObjectScanner()
        unnamed = nil
    }

    private mutating func emit(_ count: Int, _ parts: inout [OutputPart]) {
        guard count > 0 else { return }
        parts.append(.content(pending.prefix(count).text))
        pending.removeFirst(count)
    }
}

extension ToolCallParser {
    /// A parser for calls of these tool definitions; nil where there are none.
    init?(tag: String, calling tools: [JSONValue]) {
        let names = tools.compactMap { $0["function"]?["name"]?.stringValue }
        guard !names.isEmpty else { return nil }
        self.init(tag: tag, tools: names)
    }
}

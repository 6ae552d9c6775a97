import JSON

/// Reads calls whose arguments are elements of a markup, one each: `<parameter=city>Graz</parameter>`.
struct ElementCallReader: CallReader {
    struct Shape: Sendable {
        /// What each call begins with; nil where the opening mark of the calls is that.
        var callStart: String?
        /// What ends a name. The start of a key and the end of a call among them keep their meaning.
        var nameEnds: [String]
        var keyStart: String
        /// What ends a key, and whether that says of the value that it is, or is not, a string.
        var keyEnds: [(mark: String, isString: Bool?)]
        /// What stands between a key's end and its value.
        var valueStart: String?
        var valueEnd: String
        var callEnd: String
        /// Breaks at the ends of a value belong to it.
        var keepsLineBreaks = false
        /// What may stand around a value that has marks in it.
        var quotes: (start: String, end: String)?
        /// What ends the calls; empty where the end of a call does.
        var closings: [String] = []
        /// A beginning that no name has is text at once: other syntaxes share the opening mark.
        var takesTextAtOnce = false

        var marks: [String] {
            [callStart, keyStart, valueStart, valueEnd, callEnd].compactMap(\.self) + nameEnds + keyEnds.map(\.mark)
                + closings
        }
    }

    private enum State {
        case between
        case name(MarkScanner, [UInt8])
        case members
        case key(MarkScanner, [UInt8])
        case beforeValue
        case value(MarkScanner)
    }

    private let shape: Shape
    private var state: State
    private var mark = OptionalMark([])
    private var tool = ""
    private var key = ""
    private var isString: Bool?
    /// A string is passed on while it comes; another value has to be read whole.
    private var streamsValue = false
    /// Of a value only the break after its start and that before its end do not belong to it, where none are kept.
    private var isAtStart = false
    private var hasLineBreak = false
    private var value: [UInt8] = []
    private var json: [UInt8] = []
    private var hasCall = false
    private static let longestName = 256

    init(_ shape: Shape) {
        self.shape = shape
        state = .between
        if shape.callStart == nil { beginName() } else { beginBetween() }
    }

    mutating func take(_ byte: UInt8, _ sink: inout PartSink) -> CallProgress {
        switch state {
        case .between:
            if let step = mark.take(byte) {
                guard case .matched(let index) = step else { return step.isFailed ? .doneBefore : .more }
                guard index == 0, shape.callStart != nil else { return hasCall ? .done : .doneAsText }
                beginName()
                return .more
            }
            return byte.isJSONSpace ? .more : .doneBefore
        case .name(var scanner, let name):
            switch scanner.take(byte) {
            case .match(let index, let before): return endName(name + before, shape.nameEnds[index], &sink)
            case .pass:
                if shape.takesTextAtOnce, !sink.tools.hasName(startingWith: name + [byte]) { return .doneBefore }
                state = .name(scanner, name + [byte])
            case .hold: state = .name(scanner, name)
            case .release(let bytes): state = .name(scanner, name + bytes)
            }
            return name.count > Self.longestName ? .doneBefore : .more
        case .members:
            if let step = mark.take(byte) {
                guard case .matched(let index) = step else { return step.isFailed ? .doneBefore : .more }
                return index == 0 ? beginKey() : endCall(&sink)
            }
            return byte.isJSONSpace ? .more : .doneBefore
        case .key(var scanner, let key):
            switch scanner.take(byte) {
            case .match(let index, let before): endKey(key + before, shape.keyEnds[index].isString, &sink)
            case .pass: state = .key(scanner, key + [byte])
            case .hold: state = .key(scanner, key)
            case .release(let bytes): state = .key(scanner, key + bytes)
            }
            return key.count > Self.longestName ? .doneBefore : .more
        case .beforeValue:
            if let step = mark.take(byte) {
                guard case .matched = step else { return step.isFailed ? .doneBefore : .more }
                beginValue(&sink)
                return .more
            }
            return byte.isJSONSpace ? .more : .doneBefore
        case .value(var scanner):
            let step = scanner.take(byte)
            state = .value(scanner)
            switch step {
            case .pass: addToValue([byte], &sink)
            case .hold: break
            case .release(let bytes): addToValue(bytes, &sink)
            case .match(_, let before):
                addToValue(before, &sink)
                endValue(&sink)
            }
            return .more
        }
    }

    mutating func finish(_ sink: inout PartSink) -> Bool {
        switch state {
        case .between: return hasCall
        case .members:
            // Where one mark ends the call and the calls, it may be the token that ended the answer.
            guard shape.closings.isEmpty, sink.isInCall else { return false }
            let arguments = (try? JSONParser.parse(json + (json.isEmpty ? "{}" : "}").utf8))?.objectValue
            guard let arguments, sink.tools.hasRequired(arguments, of: tool) else { return false }
            _ = endCall(&sink)
            return true
        case .name, .key, .beforeValue, .value: return false
        }
    }

    // MARK: Names

    private mutating func beginBetween() {
        mark = OptionalMark((shape.callStart.map { [$0] } ?? []) + shape.closings)
        state = .between
    }

    private mutating func beginName() {
        json = []
        state = .name(MarkScanner(shape.nameEnds), [])
    }

    private mutating func endName(_ bytes: [UInt8], _ end: String, _ sink: inout PartSink) -> CallProgress {
        let name = bytes.text.trimmed
        if name.isEmpty, end.utf8.allSatisfy(\.isWhitespace) {
            beginName()
            return .more
        }
        guard let tool = sink.tools.resolve(name) else { return .doneAsText }
        self.tool = tool
        sink.beginCall(tool)
        if end == shape.keyStart { return beginKey() }
        if end == shape.callEnd { return endCall(&sink) }
        beginMembers()
        return .more
    }

    private mutating func beginMembers() {
        mark = OptionalMark([shape.keyStart, shape.callEnd])
        state = .members
    }

    // MARK: Members

    private mutating func beginKey() -> CallProgress {
        state = .key(MarkScanner(shape.keyEnds.map(\.mark)), [])
        return .more
    }

    private mutating func endKey(_ bytes: [UInt8], _ isString: Bool?, _ sink: inout PartSink) {
        key = bytes.text.trimmed
        self.isString = isString
        if let valueStart = shape.valueStart {
            mark = OptionalMark([valueStart])
            state = .beforeValue
        } else {
            beginValue(&sink)
        }
    }

    private mutating func beginValue(_ sink: inout PartSink) {
        streamsValue = shape.quotes == nil && (isString ?? sink.tools.takesOnlyStrings(key, of: tool))
        isAtStart = true
        hasLineBreak = false
        value = []
        write((json.isEmpty ? "{" : ",").utf8, &sink)
        write(JSONWriter().bytes(of: .string(key)) + [UInt8(ascii: ":")], &sink)
        if streamsValue { write([UInt8(ascii: "\"")], &sink) }
        state = .value(MarkScanner([shape.valueEnd]))
    }

    private mutating func addToValue(_ bytes: [UInt8], _ sink: inout PartSink) {
        for byte in bytes {
            if shape.keepsLineBreaks {
                put(byte, &sink)
                continue
            }
            let isFirst = isAtStart
            isAtStart = false
            if isFirst, byte == 0x0A { continue }
            if hasLineBreak { put(0x0A, &sink) }
            hasLineBreak = byte == 0x0A
            if !hasLineBreak { put(byte, &sink) }
        }
    }

    private mutating func put(_ byte: UInt8, _ sink: inout PartSink) {
        if streamsValue { write(byte.jsonEscaped, &sink) } else { value.append(byte) }
    }

    private mutating func endValue(_ sink: inout PartSink) {
        if streamsValue {
            write([UInt8(ascii: "\"")], &sink)
        } else {
            let text = unquoted(value.text)
            let parsed =
                isString == false
                ? (try? JSONParser.parse(text)) ?? .string(text)
                : sink.tools.value(of: text, for: key, of: tool)
            write(JSONWriter().bytes(of: parsed), &sink)
        }
        beginMembers()
    }

    private func unquoted(_ text: String) -> String {
        guard let (start, end) = shape.quotes, text.hasPrefix(start), text.hasSuffix(end) else { return text }
        return String(text.dropFirst(start.count).dropLast(end.count))
    }

    private mutating func write(_ bytes: some Collection<UInt8>, _ sink: inout PartSink) {
        json += bytes
        sink.append(bytes, as: .arguments)
    }

    private mutating func endCall(_ sink: inout PartSink) -> CallProgress {
        write((json.isEmpty ? "{}" : "}").utf8, &sink)
        guard let arguments = (try? JSONParser.parse(json))?.objectValue else { return .doneAsText }
        sink.endCall(arguments)
        hasCall = true
        guard shape.callStart != nil else { return .done }
        beginBetween()
        return .more
    }
}

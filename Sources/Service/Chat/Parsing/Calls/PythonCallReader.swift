import JSON

/// Reads calls as Python writes them: `[f(a="x", b=1), g()]`, or one a line.
struct PythonCallReader: CallReader {
    struct Shape: Sendable {
        /// Texts that end the calls, where there are any.
        var closings: [String] = []
        /// What is written around calls or behind their names, and means nothing.
        var wrapper: String?
        var nameSuffix: String?
    }

    private enum State {
        case between
        case name([UInt8])
        case argument
        /// A word that may be the name of an argument.
        case word([UInt8])
        case afterWord([UInt8])
        case value(LiteralReader)
        case afterValue
    }

    private let shape: Shape
    private var state = State.between
    private var closing: OptionalMark
    private var isInList = false
    private var openWrappers = 0
    private var tool = ""
    private var json: [UInt8] = []
    private var argumentCount = 0
    private var hasCall = false
    private static let longestName = 256

    init(_ shape: Shape = Shape()) {
        self.shape = shape
        closing = OptionalMark(shape.closings)
    }

    mutating func take(_ byte: UInt8, _ sink: inout PartSink) -> CallProgress {
        switch state {
        case .between: return takeBetween(byte)
        case .name(let name):
            if Self.isNameByte(byte) {
                state = .name(name + [byte])
                return name.count > Self.longestName ? .doneBefore : .more
            }
            return byte == UInt8(ascii: "(") ? endName(name.text, &sink) : .doneBefore
        case .argument:
            if byte.isJSONSpace { return .more }
            if byte == UInt8(ascii: ")") { return endCall(&sink) }
            if byte.isLetter || byte == UInt8(ascii: "_") {
                state = .word([byte])
                return .more
            }
            return beginPositional([byte], &sink)
        case .word(let word):
            if Self.isNameByte(byte) {
                state = .word(word + [byte])
                return word.count > Self.longestName ? .doneBefore : .more
            }
            state = .afterWord(word)
            return take(byte, &sink)
        case .afterWord(let word):
            if byte.isJSONSpace { return .more }
            if byte == UInt8(ascii: "=") {
                beginValue(word.text, &sink)
                return .more
            }
            return beginPositional(word + [byte], &sink)
        case .value(let reader): return takeValue(byte, reader, &sink)
        case .afterValue:
            if byte.isJSONSpace { return .more }
            if byte == UInt8(ascii: ",") {
                state = .argument
                return .more
            }
            return byte == UInt8(ascii: ")") ? endCall(&sink) : .doneBefore
        }
    }

    mutating func finish(_ sink: inout PartSink) -> Bool {
        switch state {
        case .between: hasCall
        default: false
        }
    }

    // MARK: Names

    private static func isNameByte(_ byte: UInt8) -> Bool {
        byte.isLetter || byte.isDigit || byte >= 0x80 || "_.-".utf8.contains(byte)
    }

    private mutating func takeBetween(_ byte: UInt8) -> CallProgress {
        if let step = closing.take(byte) {
            guard case .matched = step else { return step.isFailed ? .doneBefore : .more }
            return hasCall ? .done : .doneAsText
        }
        switch byte {
        case _ where byte.isJSONSpace: return .more
        case UInt8(ascii: "[") where !isInList && !hasCall: isInList = true
        case UInt8(ascii: "]") where isInList:
            isInList = false
            guard shape.closings.isEmpty else { return .more }
            return hasCall ? .done : .doneAsText
        case UInt8(ascii: ",") where hasCall, UInt8(ascii: ";") where hasCall: break
        case UInt8(ascii: ")") where openWrappers > 0: openWrappers -= 1
        case _ where byte.isLetter || byte == UInt8(ascii: "_"): state = .name([byte])
        default: return .doneBefore
        }
        return .more
    }

    private mutating func endName(_ written: String, _ sink: inout PartSink) -> CallProgress {
        var resolved = sink.tools.resolve(written)
        if resolved == nil, let suffix = shape.nameSuffix, written.hasSuffix(suffix) {
            resolved = sink.tools.resolve(String(written.dropLast(suffix.count)))
        }
        guard let resolved else {
            guard written == shape.wrapper, openWrappers == 0 else { return .doneBefore }
            openWrappers += 1
            state = .between
            return .more
        }
        tool = resolved
        json = []
        argumentCount = 0
        sink.beginCall(resolved)
        state = .argument
        return .more
    }

    // MARK: Arguments

    private mutating func beginValue(_ name: String, _ sink: inout PartSink) {
        write((json.isEmpty ? "{" : ",").utf8, &sink)
        write(JSONWriter().bytes(of: .string(name)) + [UInt8(ascii: ":")], &sink)
        argumentCount += 1
        state = .value(LiteralReader(.python))
    }

    /// A value without name is that of the parameter at its place.
    private mutating func beginPositional(_ bytes: [UInt8], _ sink: inout PartSink) -> CallProgress {
        guard let name = sink.tools.parameter(at: argumentCount, of: tool) else { return .doneBefore }
        beginValue(name, &sink)
        for byte in bytes.dropLast() {
            guard case .more = take(byte, &sink) else { return .doneBefore }
        }
        return bytes.last.map { take($0, &sink) } ?? .more
    }

    private mutating func takeValue(_ byte: UInt8, _ reader: LiteralReader, _ sink: inout PartSink) -> CallProgress {
        var reader = reader
        var output: [UInt8] = []
        let step = reader.take(byte, into: &output)
        write(output, &sink)
        switch step {
        case .more: state = .value(reader)
        case .done: state = .afterValue
        case .doneBefore:
            state = .afterValue
            return take(byte, &sink)
        case .invalid: return .doneBefore
        }
        return .more
    }

    private mutating func write(_ bytes: some Collection<UInt8>, _ sink: inout PartSink) {
        json += bytes
        sink.append(bytes, as: .arguments)
    }

    private mutating func endCall(_ sink: inout PartSink) -> CallProgress {
        write((json.isEmpty ? "{}" : "}").utf8, &sink)
        guard let arguments = (try? JSONParser.parse(json))?.objectValue else { return .doneBefore }
        sink.endCall(arguments)
        hasCall = true
        state = .between
        return .more
    }
}

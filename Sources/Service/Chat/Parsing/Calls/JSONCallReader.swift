import JSON

/// Reads calls that are JSON objects: one, several in a row, or a list.
struct JSONCallReader: CallReader {
    struct Shape: Sendable {
        /// Texts that end the calls, where there are any.
        var closings: [String] = []
        /// Names of tools may stand before their arguments, as some templates write them.
        var takesNamesBefore = false
    }

    private enum State {
        case between
        case object(ObjectReader)
        /// Within an object that is none: how many braces and brackets are open.
        case malformed(depth: Int)
    }

    private let shape: Shape
    private var state = State.between
    private var closing: OptionalMark
    private var isInList = false
    private var sawObject = false
    private var lastWasCall = false
    /// What stands before the next object.
    private var text: [UInt8] = []
    private static let longestText = 4096

    init(_ shape: Shape = Shape()) {
        self.shape = shape
        closing = OptionalMark(shape.closings)
    }

    mutating func take(_ byte: UInt8, _ sink: inout PartSink) -> CallProgress {
        switch state {
        case .between: return takeBetween(byte, &sink)
        case .object(var object):
            // The object is not shared, so that its bytes are not copied.
            state = .between
            let step = object.take(byte, &sink)
            switch step {
            case .more:
                state = .object(object)
                return .more
            case .call:
                lastWasCall = true
                return .more
            case .none:
                lastWasCall = false
                return .rejected
            case .invalid(let depth):
                lastWasCall = false
                return takeMalformed(byte, depth: depth)
            }
        case .malformed(let depth): return takeMalformed(byte, depth: depth)
        }
    }

    mutating func finish(_ sink: inout PartSink) -> Bool {
        switch state {
        case .between: lastWasCall
        case .object, .malformed: false
        }
    }

    private mutating func takeBetween(_ byte: UInt8, _ sink: inout PartSink) -> CallProgress {
        // Before the first object a bracket is that of a list.
        if sawObject, let step = closing.take(byte) {
            switch step {
            case .more: return .more
            case .matched: return lastWasCall ? .done : .doneAsText
            case .failed: return .doneBefore
            }
        }
        switch byte {
        case _ where byte.isJSONSpace: return .more
        case UInt8(ascii: "{"):
            sawObject = true
            state = .object(ObjectReader(after: text.text))
            text = []
            return take(byte, &sink)
        case UInt8(ascii: "[") where !sawObject && !isInList:
            isInList = true
            return .more
        case UInt8(ascii: "]") where isInList:
            isInList = false
            guard shape.closings.isEmpty else { return .more }
            return lastWasCall ? .done : .doneAsText
        case UInt8(ascii: ",") where sawObject, UInt8(ascii: ";") where sawObject: return .more
        default: return shape.takesNamesBefore && !sawObject ? takeName(byte) : .doneBefore
        }
    }

    private mutating func takeName(_ byte: UInt8) -> CallProgress {
        guard text.count < Self.longestText else { return .doneBefore }
        text.append(byte)
        return .more
    }

    private mutating func takeMalformed(_ byte: UInt8, depth: Int) -> CallProgress {
        if let step = closing.take(byte), case .matched = step { return .doneAsText }
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["): state = .malformed(depth: depth + 1)
        case UInt8(ascii: "}"), UInt8(ascii: "]"): state = depth <= 1 ? .between : .malformed(depth: depth - 1)
        default: state = .malformed(depth: depth)
        }
        return .rejected
    }
}

/// One object of a call. Its arguments are passed on while they come where the tool's name stands before them.
private struct ObjectReader: Sendable {
    enum Step {
        case more
        /// The object is a call.
        case call
        /// The object is complete, and no call.
        case none
        /// This byte cannot stand here.
        case invalid(depth: Int)
    }

    private let textBefore: String
    private var scanner = JSONScanner()
    private var json: [UInt8] = []
    private var start = 0
    private var key = ""
    private var name: String?
    private var id: String?
    private var arguments: Range<Int>?
    private var isStreaming = false

    init(after text: String) {
        textBefore = text
    }

    mutating func take(_ byte: UInt8, _ sink: inout PartSink) -> Step {
        let position = json.count
        let isControl = byte < 0x20 && scanner.isInString
        let event = scanner.take(byte)
        if case .invalid = event { return .invalid(depth: scanner.depth) }
        if isControl { json += byte.controlEscaped } else { json.append(byte) }
        switch event {
        case .keyStart: start = position
        case .keyEnd: key = Self.string(json[start...]) ?? ""
        case .valueStart:
            start = position
            if byte == UInt8(ascii: "{"), !sink.isInCall, arguments == nil, let name,
                ObjectCall.argumentKeys.contains(key)
            {
                sink.beginCall(name, id: id)
                isStreaming = true
            }
        default: break
        }
        if isStreaming { sink.append(json[position...], as: .arguments) }
        switch event {
        case .valueEnd: endValue(sink.tools)
        case .done: return finish(&sink)
        default: break
        }
        return .more
    }

    private mutating func endValue(_ tools: DeclaredTools) {
        if isStreaming {
            isStreaming = false
            arguments = start..<json.count
        } else if ObjectCall.nameKeys.contains(key), name == nil {
            name = Self.string(json[start...]).flatMap(tools.resolve)
        } else if ObjectCall.idKeys.contains(key) {
            id = Self.string(json[start...])
        }
    }

    private func finish(_ sink: inout PartSink) -> Step {
        if let arguments {
            guard let object = (try? JSONParser.parse(Array(json[arguments])))?.objectValue else { return .none }
            sink.endCall(object)
            return .call
        }
        guard let object = (try? JSONParser.parse(json))?.objectValue,
            let call = ObjectCall(object, after: textBefore, sink.tools)
        else { return .none }
        sink.beginCall(call.name, id: id)
        sink.append(JSONWriter().bytes(of: .object(call.arguments)), as: .arguments)
        sink.endCall(call.arguments)
        return .call
    }

    private static func string(_ bytes: ArraySlice<UInt8>) -> String? {
        // A document is more than a word, so that the word is put into a list.
        let list = [UInt8(ascii: "[")] + bytes + [UInt8(ascii: "]")]
        return (try? JSONParser.parse(list))?[0]?.stringValue
    }
}

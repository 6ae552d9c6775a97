import JSON

/// Reads calls that are a tool's name with its arguments, an object, behind it.
struct NamedCallReader: CallReader {
    struct Shape: Sendable {
        /// What each call begins with; empty where the opening mark of the calls is that.
        var callStarts: [String] = []
        /// What ends a name. An opening brace among them belongs to the arguments.
        var nameEnds: [String]
        /// What may stand in the name's place before it, with its end: kinds of tools, parts of the mark.
        var kinds: Set<String> = []
        /// What stands between a name and an identifier of the call.
        var idMark: String?
        /// The name is `functions.NAME:INDEX`, which is the call's identifier.
        var nameIsID = false
        /// A name that says that content follows rather than a call.
        var contentName: String?
        /// Texts around the arguments that mean nothing.
        var fences: [String] = []
        /// Nil for JSON.
        var spelling: LiteralReader.Spelling?
        var callEnds: [String] = []
        /// What ends the calls; empty where each is opened anew.
        var closings: [String] = []
        /// A beginning that no name has is text at once: there is no mark that tells a call from it.
        var takesTextAtOnce = false

        var marks: [String] { callStarts + nameEnds + (idMark.map { [$0] } ?? []) + callEnds + closings }
    }

    private enum State {
        case between
        case name(MarkScanner, [UInt8])
        case id(MarkScanner, [UInt8])
        case beforeArguments
        case arguments(ArgumentsReader)
        case afterArguments
    }

    private let shape: Shape
    private var state: State
    private var mark = OptionalMark([])
    private var tool = ""
    private var id: String?
    private var hasCall = false
    /// Longer names are text.
    private static let longestName = 256

    init(_ shape: Shape) {
        self.shape = shape
        if shape.callStarts.isEmpty {
            state = .name(MarkScanner(shape.nameEnds), [])
        } else {
            state = .between
            mark = OptionalMark(shape.callStarts + shape.closings)
        }
    }

    mutating func take(_ byte: UInt8, _ sink: inout PartSink) -> CallProgress {
        switch state {
        case .between:
            if let step = mark.take(byte) {
                guard case .matched(let index) = step else { return step.isFailed ? .doneBefore : .more }
                guard index < shape.callStarts.count else { return hasCall ? .done : .doneAsText }
                beginName()
                return .more
            }
            return byte.isJSONSpace ? .more : .doneBefore
        case .name(var scanner, let name):
            let step = scanner.take(byte)
            switch step {
            case .match(let index, let before):
                return endName(name + before, shape.nameEnds[index], byte, &sink)
            case .pass:
                if shape.takesTextAtOnce, !mayBeName(name + [byte], sink.tools) { return .doneBefore }
                state = .name(scanner, name + [byte])
            case .hold: state = .name(scanner, name)
            case .release(let bytes): state = .name(scanner, name + bytes)
            }
            return name.count > Self.longestName ? .doneBefore : .more
        case .id(var scanner, let text):
            switch scanner.take(byte) {
            case .match(_, let before):
                id = (text + before).text.trimmed
                beginArguments()
            case .pass: state = .id(scanner, text + [byte])
            case .hold: state = .id(scanner, text)
            case .release(let bytes): state = .id(scanner, text + bytes)
            }
            return text.count > Self.longestName ? .doneBefore : .more
        case .beforeArguments: return takeBeforeArguments(byte, &sink)
        case .arguments(var reader):
            // The reader is not shared, so that its bytes are not copied.
            state = .afterArguments
            switch reader.take(byte, &sink) {
            case .more: state = .arguments(reader)
            case .invalid: return .doneBefore
            case .done(let object): return endCall(object, &sink)
            }
            return .more
        case .afterArguments: return takeAfterArguments(byte)
        }
    }

    mutating func finish(_ sink: inout PartSink) -> Bool {
        switch state {
        case .between, .afterArguments: hasCall
        case .name, .id, .beforeArguments, .arguments: false
        }
    }

    private func mayBeName(_ start: [UInt8], _ tools: DeclaredTools) -> Bool {
        tools.hasName(startingWith: start)
            || shape.contentName?.utf8.starts(with: start.drop(while: \.isJSONSpace)) == true
    }

    private mutating func beginName() {
        id = nil
        state = .name(MarkScanner(shape.nameEnds), [])
    }

    private mutating func endName(
        _ bytes: [UInt8], _ end: String, _ byte: UInt8, _ sink: inout PartSink
    ) -> CallProgress {
        var name = bytes.text.trimmed
        if name.isEmpty, end.utf8.allSatisfy(\.isWhitespace) {
            beginName()
            return .more
        }
        if name == shape.contentName { return .done }
        if shape.kinds.contains(name), sink.tools.resolve(name) == nil {
            beginName()
            return .more
        }
        if shape.nameIsID {
            id = name
            let index = name.lastIndex(of: ":")
            if let index, name[index...].dropFirst().allSatisfy(\.isNumber) { name = String(name[..<index]) }
        }
        guard let tool = sink.tools.resolve(name) else { return .doneAsText }
        self.tool = tool
        if end == shape.idMark {
            state = .id(MarkScanner(shape.nameEnds.filter { $0 != end && $0 != "{" }), [])
            return .more
        }
        beginArguments()
        return end == "{" ? takeBeforeArguments(byte, &sink) : .more
    }

    private mutating func beginArguments() {
        mark = OptionalMark(shape.fences + shape.callEnds)
        state = .beforeArguments
    }

    private mutating func takeBeforeArguments(_ byte: UInt8, _ sink: inout PartSink) -> CallProgress {
        if byte == UInt8(ascii: "{"), !mark.isOpen {
            sink.beginCall(tool, id: id)
            state = .arguments(ArgumentsReader(shape.spelling))
            return take(byte, &sink)
        }
        if let step = mark.take(byte) {
            guard case .matched(let index) = step else { return step.isFailed ? .doneBefore : .more }
            guard index >= shape.fences.count else { return .more }
            // A call without arguments.
            sink.beginCall(tool, id: id)
            sink.append("{}".utf8, as: .arguments)
            _ = endCall([:], &sink)
            return endMark()
        }
        return byte.isJSONSpace ? .more : .doneBefore
    }

    private mutating func endCall(_ arguments: JSONObject, _ sink: inout PartSink) -> CallProgress {
        sink.endCall(arguments)
        hasCall = true
        mark = OptionalMark(shape.fences + shape.callEnds + shape.closings)
        state = .afterArguments
        return shape.callEnds.isEmpty && shape.closings.isEmpty ? .done : .more
    }

    private mutating func takeAfterArguments(_ byte: UInt8) -> CallProgress {
        if let step = mark.take(byte) {
            guard case .matched(let index) = step else { return step.isFailed ? .doneBefore : .more }
            if index < shape.fences.count { return .more }
            return index < shape.fences.count + shape.callEnds.count ? endMark() : .done
        }
        return byte.isJSONSpace ? .more : .doneBefore
    }

    /// Behind the mark that ends a call.
    private mutating func endMark() -> CallProgress {
        guard !shape.callStarts.isEmpty else { return .done }
        mark = OptionalMark(shape.callStarts + shape.closings)
        state = .between
        return .more
    }
}

extension MarkMatcher.Step {
    var isFailed: Bool {
        if case .failed = self { true } else { false }
    }
}

import Constraints
import JSON

extension AnswerSyntax {
    /// gpt-oss: an answer is several messages, of which each says in its header what it is and whom it is for.
    static let harmony = AnswerSyntax(
        name: "Harmony",
        configurationNames: ["harmony"],
        templateMarks: [["<|channel|>", "<|message|>"]],
        families: ["gptoss", "gpt-oss"],
        thinking: [
            ThinkingMarks(
                "<|channel|>analysis<|message|>", "<|end|>",
                cutting: "<|end|><|start|>assistant<|channel|>final<|message|>")
        ],
        // A turn of the template has one call.
        toolCalls: ToolCallSyntax(
            call: [
                .text("<|start|>assistant<|channel|>commentary to=functions."), .name,
                .text(" <|constrain|>json<|message|>"), .arguments, .text("<|call|>"),
            ]),
        contentOpening: "<|channel|>final<|message|>",
        thinkingLevels: ["max": "high"],
        otherMarks: HarmonyReader.Mark.allCases.map(\.rawValue),
        makeReader: { HarmonyReader($0, $0.sink(.any)) },
        writeGrammar: { try HarmonyGrammar.write(&$0, $1) },
        example: AnswerExample(
            """
            <|channel|>analysis<|message|>Graz, "für" 2 Tage?<|end|>\
            <|start|>assistant<|channel|>final<|message|>Let me see.<|end|>\
            <|start|>assistant<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>\
            {"city": "Graz", "days": 2}<|call|>\
            <|start|>assistant to=functions.get_time<|channel|>commentary json<|message|>\
            {"zone": "Europe/Vienna"}<|call|>
            """))
}

/// A message of thinking, as the model likes it, then one of content or of a call.
enum HarmonyGrammar {
    static func write(_ writer: inout AnswerGrammar, _ demand: AnswerDemand) throws -> Grammar.Expression {
        try MessageGrammar.write(
            &writer, demand, thinks: true, beginning: "<|start|>assistant", calls: calls)
    }

    private static func calls(_ writer: inout AnswerGrammar, _ names: [String]) throws -> Grammar.Expression {
        let written = ToolCallSyntax(call: [
            .text("<|channel|>commentary to=functions."), .name, .text(" <|constrain|>json<|message|>"), .arguments,
        ])
        return .choice(try names.map { try writer.call(of: $0, written) })
    }
}

/// Reads messages with headers, byte by byte.
struct HarmonyReader: ByteOutputParser {
    enum Mark: String, CaseIterable {
        case start = "<|start|>"
        case channel = "<|channel|>"
        case constrain = "<|constrain|>"
        case message = "<|message|>"
        case end = "<|end|>"
        case call = "<|call|>"
        case `return` = "<|return|>"
    }

    private enum State {
        case header([UInt8])
        case content
        case thinking
        case beforeCall(String)
        case call(ArgumentsReader)
        case afterCall
    }

    /// What a header longer than this is: text.
    private static let longestHeader = 512

    private var sink: PartSink
    private var scanner = MarkScanner(Mark.allCases.map(\.rawValue))
    private var state = State.header([])
    /// What was read since a header began, where it may be no call.
    private var raw: [UInt8] = []

    init(_ setting: AnswerSetting, _ sink: PartSink) {
        self.sink = sink
        // The prompt has begun the first message, and sometimes more of it.
        guard let start = setting.prompt.lastPart(after: Mark.start.rawValue) else { return }
        for byte in start.utf8 { take(byte) }
        _ = self.sink.take()
        raw = []
    }

    var region: OutputRegion {
        switch state {
        case .header, .content: .content
        case .thinking: .thinking
        case .beforeCall, .call, .afterCall: .toolCall
        }
    }

    mutating func push(bytes: some Sequence<UInt8>) -> [OutputPart] {
        for byte in bytes { take(byte) }
        return sink.take()
    }

    mutating func finish() -> [OutputPart] {
        for byte in scanner.drain() { takeText(byte) }
        switch state {
        case .header:
            // Half of a header says nothing; words alone may be the answer of a model that forgot it.
            if !raw.text.mentions("<|") { sink.append(raw, as: .content) }
        case .beforeCall, .call: giveBack()
        case .content, .thinking, .afterCall: break
        }
        return sink.finish()
    }

    private mutating func take(_ byte: UInt8) {
        switch scanner.take(byte) {
        case .pass: takeText(byte)
        case .hold: break
        case .release(let bytes):
            for byte in bytes { takeText(byte) }
        case .match(let index, let before):
            for byte in before { takeText(byte) }
            takeMark(Mark.allCases[index])
        }
    }

    private mutating func takeMark(_ mark: Mark) {
        if case .call = state { giveBack() }
        if case .beforeCall(let tool) = state, mark != .constrain, mark != .channel { endEmptyCall(tool) }
        switch mark {
        case .start:
            beginHeader()
            raw += mark.rawValue.utf8
        case .channel, .constrain:
            if case .header(let header) = state {
                state = .header(header + Array(mark.rawValue.utf8))
            } else {
                beginHeader()
                state = .header(Array(mark.rawValue.utf8))
            }
            raw += mark.rawValue.utf8
        case .message:
            guard case .header(let header) = state else { return }
            raw += mark.rawValue.utf8
            endHeader(header.text)
        case .end, .call, .return: beginHeader()
        }
    }

    private mutating func beginHeader() {
        state = .header([])
        raw = []
    }

    private mutating func takeText(_ byte: UInt8) {
        switch state {
        case .header(let header):
            let header = header + [byte]
            raw.append(byte)
            if Self.mayBeHeader(header), header.count <= Self.longestHeader {
                state = .header(header)
            } else {
                state = .content
                sink.append(raw, as: .content)
                raw = []
            }
        case .content: sink.append(byte, as: .content)
        case .thinking: sink.append(byte, as: .thinking)
        case .beforeCall(let tool):
            raw.append(byte)
            if byte.isJSONSpace { return }
            guard byte == UInt8(ascii: "{") else { return giveBack() }
            sink.beginCall(tool)
            state = .call(ArgumentsReader())
            takeArguments(byte)
        case .call:
            raw.append(byte)
            takeArguments(byte)
        case .afterCall:
            if byte.isJSONSpace { return }
            state = .content
            sink.append(byte, as: .content)
        }
    }

    private mutating func takeArguments(_ byte: UInt8) {
        guard case .call(var reader) = state else { return }
        // The reader is not shared, so that its bytes are not copied.
        state = .afterCall
        switch reader.take(byte, &sink) {
        case .more: state = .call(reader)
        case .invalid: giveBack()
        case .done(let arguments):
            sink.endCall(arguments)
            raw = []
        }
    }

    /// A call of a tool without arguments.
    private mutating func endEmptyCall(_ tool: String) {
        sink.beginCall(tool)
        sink.append("{}".utf8, as: .arguments)
        sink.endCall([:])
        raw = []
        state = .afterCall
    }

    /// What seemed a call is text.
    private mutating func giveBack() {
        sink.abandonCall()
        sink.append(raw, as: .content)
        raw = []
        state = .content
    }

    // MARK: Headers

    /// A header is a role, a recipient, or a mark with more behind it. All else is an answer of a model that forgot it.
    private static func mayBeHeader(_ header: [UInt8]) -> Bool {
        let text = header.drop { $0.isJSONSpace }
        if text.starts(with: "<|".utf8) || "<|".utf8.starts(with: text) { return true }
        let word = text.prefix { !$0.isJSONSpace && $0 != UInt8(ascii: "<") }
        let rest = text.dropFirst(word.count).drop { $0.isJSONSpace }
        let isAddressed = word.starts(with: "to=".utf8) || word.starts(with: "functions.".utf8)
        if word.count == text.count {
            let starts = ["assistant", "tool", "user", "system", "developer", "to=", "functions."]
            return isAddressed || starts.contains { $0.utf8.starts(with: word) }
        }
        let isRole = ["assistant", "tool", "user", "system", "developer"].contains { $0.utf8.elementsEqual(word) }
        guard isRole || isAddressed else { return false }
        return ["to=", "<|"].contains { $0.utf8.starts(with: rest) || rest.starts(with: $0.utf8) }
            || (word.starts(with: "to=".utf8) && !rest.contains(0x0A))
    }

    private mutating func endHeader(_ header: String) {
        let channel = header.word(after: Mark.channel.rawValue) ?? ""
        let recipient = header.word(after: "to=")
        guard let recipient, recipient != "user", recipient != "assistant" else {
            state = channel == "analysis" ? .thinking : .content
            raw = []
            return
        }
        if let tool = sink.tools.resolve(recipient) {
            state = .beforeCall(tool)
        } else if channel == "analysis" {
            state = .thinking
            raw = []
        } else {
            sink.append(raw, as: .content)
            raw = []
            state = .content
        }
    }
}

extension String {
    /// The word behind a text, up to white space or a mark.
    fileprivate func word(after text: String) -> String? {
        let bytes = Array(utf8)
        guard let match = TagScanner([text]).firstMatch(in: bytes) else { return nil }
        return bytes[match.upperBound...].prefix { !$0.isWhitespace && $0 != UInt8(ascii: "<") }.text
    }
}

import Constraints
import JSON

extension AnswerSyntax {
    /// Muse Glimmer: an answer is several messages, of which each says in its header whom it is for: the model itself, the
    /// user, or a tool.
    static let glimmer = AnswerSyntax(
        name: "Glimmer",
        configurationNames: ["glimmer"],
        templateMarks: [["<atem:function_calls>", "to=self"]],
        families: ["glimmer", "muse-glimmer"],
        thinking: [
            ThinkingMarks(
                " to=self<|message|>", "<|eom|>", cutting: "<|eom|><|start|>assistant to=user<|message|>")
        ],
        toolCalls: ToolCallSyntax(
            call: [
                .text(" to="), .name, .text("<|message|><atem:function_calls>\n<atem:invoke name=\""), .name,
                .text("\">"),
                .arguments, .text("\n</atem:invoke>\n</atem:function_calls>"),
            ],
            arguments: .elements(
                .init(start: "\n<atem:parameter name=\"", afterKey: "\">", end: "</atem:parameter>")),
            separator: "<|eom|><|start|>assistant"),
        contentOpening: " to=user<|message|>",
        thinkingLevels: ["max": "xhigh"],
        otherMarks: GlimmerReader.Mark.allCases.map(\.rawValue) + [GlimmerReader.callsMark],
        makeReader: { GlimmerReader($0, $0.sink(.any)) },
        writeGrammar: { writer, demand in
            try MessageGrammar.write(&writer, demand, thinks: demand.thinks, beginning: "<|start|>assistant") {
                try $0.calls($1)
            }
        },
        example: AnswerExample(
            """
             to=self<|message|>Graz, "für" 2 Tage?<|eom|><|start|>assistant to=user<|message|>Let me see.<|eom|>\
            <|start|>assistant to=get_weather<|message|><atem:function_calls>
            <atem:invoke name="get_weather">
            <atem:parameter name="city">Graz</atem:parameter>
            <atem:parameter name="days">2</atem:parameter>
            </atem:invoke>
            </atem:function_calls><|eom|><|start|>assistant to=get_time<|message|><atem:function_calls>
            <atem:invoke name="get_time">
            <atem:parameter name="zone">Europe/Vienna</atem:parameter>
            </atem:invoke>
            </atem:function_calls><|eot|>
            """))
}

/// Reads messages with headers, byte by byte.
struct GlimmerReader: ByteOutputParser {
    enum Mark: String, CaseIterable {
        case start = "<|start|>"
        case message = "<|message|>"
        case endOfMessage = "<|eom|>"
        case endOfTurn = "<|eot|>"
    }

    private enum State {
        case header([UInt8])
        /// A message has begun; calls count whomever it is for, since models err in that.
        case body(OptionalMark)
        case content
        case thinking
        case calls(ElementCallReader)
        case afterCalls
    }

    static let callsMark = "<atem:function_calls>"
    private static let shape = ElementCallReader.Shape(
        callStart: #"<atem:invoke name=""#, nameEnds: [#"">"#], keyStart: #"<atem:parameter name=""#,
        keyEnds: [(#"">"#, nil)], valueEnd: "</atem:parameter>", callEnd: "</atem:invoke>", keepsLineBreaks: true,
        closings: ["</atem:function_calls>"])
    /// What a header longer than this is: text.
    private static let longestHeader = 512

    private let contentIsWhole: Bool
    private var sink: PartSink
    private var scanner = MarkScanner(Mark.allCases.map(\.rawValue))
    private var state = State.header([])
    /// What was read since a header or the calls began, where it may be text.
    private var raw: [UInt8] = []

    init(_ setting: AnswerSetting, _ sink: PartSink) {
        self.sink = sink
        contentIsWhole = setting.contentIsWhole
        // The prompt has begun the first message, and sometimes more of it.
        guard let start = setting.prompt.lastPart(after: Mark.start.rawValue) else { return }
        for byte in start.utf8 { take(byte) }
        _ = self.sink.take()
        raw = []
    }

    var region: OutputRegion {
        switch state {
        case .header, .body, .content: .content
        case .thinking: .thinking
        case .calls, .afterCalls: .toolCall
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
            if !raw.text.mentions("<|"), !raw.text.mentions("to=") { sink.append(raw, as: .content) }
        case .body: sink.append(raw, as: .content)
        case .calls(var reader):
            if !reader.finish(&sink) { giveBack() }
        case .content, .thinking, .afterCalls: break
        }
        return sink.finish()
    }

    private mutating func take(_ byte: UInt8) {
        switch state {
        // Arguments may hold marks.
        case .calls: return takeCall(byte)
        case .content where contentIsWhole:
            sink.append(scanner.drain() + [byte], as: .content)
            return
        default: break
        }
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
        switch (mark, state) {
        case (.message, .header(let header)):
            raw += mark.rawValue.utf8
            endHeader(header)
        case (.message, _): break
        case (_, .body):
            sink.append(raw, as: .content)
            beginHeader(mark)
        default: beginHeader(mark)
        }
    }

    private mutating func beginHeader(_ mark: Mark) {
        state = .header([])
        raw = mark == .start ? Array(mark.rawValue.utf8) : []
    }

    private mutating func takeText(_ byte: UInt8) {
        switch state {
        case .header(let header):
            let header = header + [byte]
            raw.append(byte)
            if Self.mayBeHeader(header), header.count <= Self.longestHeader {
                state = .header(header)
            } else {
                giveBack()
            }
        case .body(var mark):
            raw.append(byte)
            switch mark.take(byte) {
            case .more: state = .body(mark)
            case .matched: state = .calls(ElementCallReader(Self.shape))
            case .failed: giveBack()
            case nil: if !byte.isJSONSpace { giveBack() }
            }
        case .content: sink.append(byte, as: .content)
        case .thinking: sink.append(byte, as: .thinking)
        case .calls: takeCall(byte)
        case .afterCalls:
            if byte.isJSONSpace { return }
            state = .content
            sink.append(byte, as: .content)
        }
    }

    // MARK: Calls

    private mutating func takeCall(_ byte: UInt8) {
        guard case .calls(var reader) = state else { return }
        // The reader is not shared, so that its bytes are not copied.
        state = .afterCalls
        let count = sink.callCount
        let progress = reader.take(byte, &sink)
        if sink.callCount > count { raw = [] } else { raw.append(byte) }
        switch progress {
        case .more: state = .calls(reader)
        case .done: raw = []
        case .rejected, .doneAsText: giveBack()
        case .doneBefore:
            raw.removeLast()
            // The reader took the beginning of a mark for that of one of its own.
            let opensMark = raw.last == Mark.start.rawValue.utf8.first
            if opensMark { raw.removeLast() }
            giveBack()
            if opensMark { take(UInt8(ascii: "<")) }
            take(byte)
        }
    }

    /// What seemed a header or calls is text.
    private mutating func giveBack() {
        sink.abandonCall()
        sink.append(raw, as: .content)
        raw = []
        state = .content
    }

    // MARK: Headers

    /// A header is a role and a recipient, of which the prompt or the model may leave out either.
    private static func mayBeHeader(_ header: [UInt8]) -> Bool {
        let role = "assistant".utf8
        var rest = header.drop(while: \.isJSONSpace)
        if role.starts(with: rest) { return true }
        if rest.starts(with: role) { rest = rest.dropFirst(role.count).drop(while: \.isJSONSpace) }
        if "to=".utf8.starts(with: rest) { return true }
        return rest.starts(with: "to=".utf8) && rest.drop { !$0.isJSONSpace }.allSatisfy(\.isJSONSpace)
    }

    private mutating func endHeader(_ header: [UInt8]) {
        let place = TagScanner(["to="]).firstMatch(in: header)
        let recipient = place.map { header[$0.upperBound...].text.trimmed } ?? ""
        switch recipient {
        case "self":
            state = .thinking
            raw = []
            return
        case "", "user": raw = []
        default: break
        }
        guard sink.tools.isEmpty else {
            state = .body(OptionalMark([Self.callsMark]))
            return
        }
        giveBack()
    }
}

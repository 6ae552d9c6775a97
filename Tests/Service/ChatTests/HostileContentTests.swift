import Chat
import GGUF
import JSON
import Templating
import Tensors
import TestSupport
import Testing
import Tokenization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("What users write closes no turn and opens none, in real templates", .computing)
struct HostileContentTests {
    /// Marks that the templates write, all of them control tokens here.
    private static let marks = [
        "<|im_start|>", "<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|eom_id|>", "<|start_header_id|>",
        "<|end_header_id|>",
        "<|begin_of_text|>", "<|python_tag|>", "<start_of_turn>", "<end_of_turn>", "<|turn>", "<turn|>", "<s>", "</s>",
        "[INST]", "[/INST]", "[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]", "[TOOL_CALLS]", "[TOOL_RESULTS]",
        "[/TOOL_RESULTS]", "<|START_OF_TURN_TOKEN|>", "<|END_OF_TURN_TOKEN|>", "<|SYSTEM_TOKEN|>", "<|USER_TOKEN|>",
        "<|CHATBOT_TOKEN|>", "<|start|>", "<|end|>", "<|message|>", "<|channel|>", "<|call|>", "<|im_user|>",
        "<|im_assistant|>", "<|im_system|>", "<|im_middle|>", "<｜User｜>", "<｜Assistant｜>", "<｜begin▁of▁sentence｜>",
        "<｜end▁of▁sentence｜>", "<|user|>", "<|assistant|>", "<|system|>", "<<SYS>>", "<</SYS>>",
    ]

    private let tokenizer: any Tokenizer

    init() throws {
        var tokens: [String] = []
        // The alphabet of byte-level vocabularies: bytes that print stand for themselves, the others for higher letters.
        var next: UInt32 = 256
        for byte in UInt32(0)...255 {
            let isPrinted = (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || byte >= 0xAE
            tokens.append(String(UnicodeScalar(isPrinted ? byte : next) ?? "?"))
            if !isPrinted { next += 1 }
        }
        let kinds = [Int32](repeating: 1, count: 256) + [Int32](repeating: 3, count: Self.marks.count)
        var metadata = GGUFMetadata()
        metadata["tokenizer.ggml.model"] = .string("gpt2")
        metadata["tokenizer.ggml.pre"] = .string("gpt-2")
        metadata["tokenizer.ggml.tokens"] = .array(GGUFArray(tokens + Self.marks))
        metadata["tokenizer.ggml.token_type"] = .array(GGUFArray(kinds))
        metadata["tokenizer.ggml.merges"] = .array(GGUFArray([String]()))
        tokenizer = try TokenizerFactory.make(metadata)
    }

    /// The control tokens of a conversation's prompt when every text of a user has a text behind it.
    private func controls(_ conversation: Conversation, _ added: String, _ format: any ChatFormat) throws -> (
        found: [TokenID], unmarked: Int
    ) {
        var conversation = conversation
        for index in conversation.messages.indices {
            let message = conversation.messages[index]
            if !message.content.isEmpty { conversation.messages[index].content += added }
            conversation.messages[index].thinking = message.thinking.map { $0 + added }
            for call in message.toolCalls.indices {
                conversation.messages[index].toolCalls[call].arguments["more"] = .string(added)
            }
        }
        let tool: JSONValue = [
            "type": "function",
            "function": [
                "name": "f", "description": .string(added), "parameters": ["type": "object", "properties": [:]],
            ],
        ]
        if !conversation.tools.isEmpty { conversation.tools.append(tool) }
        let prompt = try format.render(conversation)
        let special = SpecialTokens(addBoundaries: false, parse: true, contents: prompt.contents)
        let found = tokenizer.encode(prompt.text, special)
        // Without marks all is as it was: what users wrote makes control tokens.
        let unmarked = tokenizer.encode(prompt.text, SpecialTokens(addBoundaries: false, parse: true))
        return (found.filter { $0 >= 256 }, unmarked.count { $0 >= 256 })
    }

    /// - Returns: how many control tokens the users would have written.
    private func check(_ conversation: Conversation, _ format: any ChatFormat, _ about: String) -> Int {
        guard let harmless = try? controls(conversation, "~", format).found else { return 0 }
        let hostile = try? controls(conversation, Self.marks.joined(separator: " "), format)
        #expect(hostile?.found == harmless, "\(about)")
        // Joined to one another, and in halves that what the template writes next to them might complete.
        let joined = try? controls(conversation, Self.marks.joined() + "<|im_start", format)
        #expect(joined?.found == harmless, "\(about)")
        return (hostile?.unmarked ?? 0) - harmless.count
    }

    @Test("in Jinja")
    func jinja() throws {
        let folder = Vectors.directory.appending(path: "templates/jinja")
        let conversations = try #require(try json("conversations.json", in: folder)["conversations"]?.objectValue)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path()).filter { $0.hasSuffix(".jinja") }
        #expect(files.count >= 12)
        var written = 0
        for file in files {
            let source = String(decoding: try Data(contentsOf: folder.appending(path: file)), as: UTF8.self)
            let format = try JinjaChatFormat(template: source, specials: SpecialTexts(bos: "<s>", eos: "</s>"))
            for (id, data) in conversations {
                written += check(Conversation(json: data), format, "\(file) \(id)")
            }
        }
        #expect(written > 1000)
    }

    @Test("in Go")
    func go() throws {
        let folder = Vectors.directory.appending(path: "gotemplate/ollama")
        var written = 0
        for name in GoChatFormatGoldenTests.templates {
            let source = String(decoding: try Data(contentsOf: folder.appending(path: "\(name).gotmpl")), as: UTF8.self)
            let format = try GoChatFormat(template: source, specials: SpecialTexts())
            for item in try #require(try json("\(name).json", in: folder)["cases"]?.arrayValue) {
                let conversation = Conversation(json: item["data"] ?? .null)
                written += check(conversation, format, "\(name) \(item["id"]?.stringValue ?? "")")
            }
        }
        #expect(written > 1000)
    }

    @Test("a BOS that a user writes at the beginning stays what it is")
    func writtenBOS() throws {
        let specials = SpecialTexts(bos: "<s>", eos: "</s>", addsBOS: true)
        let conversation = Conversation(messages: [Message(role: "user", content: "<s>hi")])
        let plain = try GoChatFormat(template: "{{ .Prompt }}", specials: specials)
        #expect(try plain.render(conversation) == .content("<s>hi"))
        let own = try JinjaChatFormat(template: "{{ bos_token }}{{ messages[0].content }}", specials: specials)
        #expect(try own.render(conversation) == .content("<s>hi"))
    }

    @Test("a text that goes between two, and roles that are no words, are contents too")
    func others() throws {
        let format = try GoChatFormat(
            template: "<P>{{ .Prompt }}<S>{{ .Suffix }}<M>{{ .Response }}", specials: SpecialTexts())
        #expect(try format.renderInfill(prefix: "a", suffix: "b").contents == [3..<4, 7..<8])
        let turns = try GoChatFormat(
            template: "{{ range .Messages }}<|{{ .Role }}|>{{ .Content }}{{ end }}", specials: SpecialTexts())
        func contents(_ role: String) throws -> [Range<Int>] {
            try turns.render(Conversation(messages: [Message(role: role, content: "hi")])).contents
        }
        #expect(try contents("user") == [8..<10])
        #expect(try contents("a|><|b").count == 2)
    }

    private func json(_ name: String, in folder: URL) throws -> JSONValue {
        try JSONParser.parse([UInt8](Data(contentsOf: folder.appending(path: name))))
    }
}

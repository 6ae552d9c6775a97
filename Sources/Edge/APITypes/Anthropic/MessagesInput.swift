import JSON
import OrderedCollections

/// A message of a request: text, or a list of blocks.
struct MessagesInput: WireDecodable {
    static let wireName = "Message"
    private let role: String
    private let content: MessagesContent

    init(_ fields: WireFields) throws(WireError) {
        role = try (fields.string("role") ?? "").lowercased()
        guard ["user", "assistant", "system"].contains(role) else {
            throw .invalid(
                "messages.role is \(goQuoted(role.excerpt())); use \"user\" or \"assistant\", and \"system\" of the request"
            )
        }
        guard let content = try fields.content("content") else {
            throw .invalid("messages.content is required: a text or a list of blocks")
        }
        self.content = content
    }

    /// The messages of the native API: the results of tools before what else a message says, with the names of the tools.
    static func native(_ messages: [MessagesInput]) -> [ChatMessage] {
        var names: [String: String] = [:]
        return messages.flatMap { message -> [ChatMessage] in
            let content = message.content
            for call in content.calls { names[call.id] = call.name }
            var native = content.results.map { result in
                ChatMessage(
                    role: "tool", content: result.content.text, images: result.content.images,
                    toolName: names[result.id] ?? "", toolCallID: result.id)
            }
            let said = ChatMessage(
                role: message.role, content: content.text, thinking: content.thinking, images: content.images,
                toolCalls: content.calls)
            if native.isEmpty || said != ChatMessage(role: message.role, content: "") { native.append(said) }
            return native
        }
    }
}

/// What a message, a system prompt or a tool's result holds. Blocks that are not known are passed over.
struct MessagesContent: Sendable {
    private var texts: [String] = []
    private var thoughts: [String] = []
    fileprivate var images: [[UInt8]] = []
    fileprivate var calls: [ChatToolCall] = []
    fileprivate var results: [ToolResult] = []

    fileprivate struct ToolResult: Sendable {
        let id: String
        let content: MessagesContent
    }

    /// The texts, a line each.
    var text: String { texts.filter { !$0.isEmpty }.joined(separator: "\n") }
    fileprivate var thinking: String { thoughts.joined(separator: "\n") }

    fileprivate init(text: String) {
        texts = [text]
    }

    fileprivate init(_ blocks: [Block]) {
        for block in blocks {
            switch block.kind {
            case .text(let text): texts.append(text)
            case .thinking(let text): thoughts.append(text)
            case .image(let bytes): images.append(bytes)
            case .toolUse(let call): calls.append(call)
            case .toolResult(let result): results.append(result)
            case .unknown: break
            }
        }
    }

    fileprivate struct Block: WireDecodable {
        static let wireName = "ContentBlock"

        enum Kind {
            case text(String)
            case thinking(String)
            case image([UInt8])
            case toolUse(ChatToolCall)
            case toolResult(ToolResult)
            case unknown
        }
        let kind: Kind

        init(_ fields: WireFields) throws(WireError) {
            guard let type = try fields.string("type"), !type.isEmpty else {
                throw .invalid("a block of content has no type; send {\"type\": \"text\", \"text\": …}")
            }
            switch type {
            case "text": kind = .text(try fields.string("text") ?? "")
            case "thinking": kind = .thinking(try fields.string("thinking") ?? "")
            case "image":
                guard let source = try fields.decode("source", as: ImageSource.self) else {
                    throw .invalid("invalid image source")
                }
                kind = .image(source.bytes)
            case "tool_use": kind = .toolUse(try Self.call(fields))
            case "tool_result":
                let id = try fields.required("tool_use_id", of: type)
                kind = .toolResult(ToolResult(id: id, content: try fields.content("content") ?? .init(text: "")))
            default: kind = .unknown
            }
        }

        private static func call(_ fields: WireFields) throws(WireError) -> ChatToolCall {
            ChatToolCall(
                id: try fields.required("id", of: "tool_use"), index: 0,
                name: try fields.required("name", of: "tool_use"), arguments: try fields.object("input") ?? [:])
        }
    }
}

private struct ImageSource: WireDecodable {
    static let wireName = "ImageSource"
    let bytes: [UInt8]

    init(_ fields: WireFields) throws(WireError) {
        let type = try fields.string("type") ?? ""
        guard type == "base64" else {
            throw .invalid("invalid image source type: \(type.excerpt()). Only base64 images are supported.")
        }
        let data = try fields.string("data") ?? ""
        do throws(WireError) {
            bytes = try Base64.decode(data)
        } catch {
            throw .invalid("\(error) of the image's data")
        }
        guard !bytes.isEmpty else { throw .invalid("invalid image source") }
    }
}

extension WireFields {
    /// A text or a list of blocks; nil where nothing is there.
    func content(_ key: String) throws(WireError) -> MessagesContent? {
        if case .string(let text)? = value(key) { return MessagesContent(text: text) }
        return try list(key, of: MessagesContent.Block.self).map { MessagesContent($0) }
    }

    fileprivate func required(_ key: String, of block: String) throws(WireError) -> String {
        guard let text = try string(key), !text.isEmpty else {
            throw .invalid("\(block) block missing required '\(key)' field")
        }
        return text
    }
}

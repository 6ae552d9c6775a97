package import JSON

/// One event of a streamed answer to `POST /v1/messages`.
package enum MessagesEvent: Hashable, Sendable, WireEncodable {
    /// What an event adds to a block.
    package enum Delta: Hashable, Sendable, WireEncodable {
        case thinking(String)
        case signature(String)
        case text(String)
        /// More of the JSON text of a call's input.
        case inputJSON(String)

        package var json: JSONValue {
            switch self {
            case .thinking(let text): ["type": "thinking_delta", "thinking": .string(text)]
            case .signature(let text): ["type": "signature_delta", "signature": .string(text)]
            case .text(let text): ["type": "text_delta", "text": .string(text)]
            case .inputJSON(let text): ["type": "input_json_delta", "partial_json": .string(text)]
            }
        }
    }

    case messageStart(MessagesReply)
    case ping
    case blockStart(index: Int, MessagesBlock)
    case blockDelta(index: Int, Delta)
    case blockStop(index: Int)
    case messageDelta(MessagesEnding, MessagesUsage)
    case messageStop

    package var json: JSONValue {
        var object = WireObject()
        switch self {
        case .messageStart(let message):
            object.set("type", "message_start")
            object.set("message", message)
        case .ping:
            object.set("type", "ping")
        case .blockStart(let index, let block):
            object.set("type", "content_block_start")
            object.set("index", index)
            object.set("content_block", block)
        case .blockDelta(let index, let delta):
            object.set("type", "content_block_delta")
            object.set("index", index)
            object.set("delta", delta)
        case .blockStop(let index):
            object.set("type", "content_block_stop")
            object.set("index", index)
        case .messageDelta(let ending, let usage):
            var delta = WireObject()
            MessagesEnding.write(ending, to: &delta)
            object.set("type", "message_delta")
            object.set("delta", delta.json)
            object.set("usage", usage)
            object.setIfTrue("truncated", ending.truncated)
        case .messageStop:
            object.set("type", "message_stop")
        }
        return object.json
    }
}

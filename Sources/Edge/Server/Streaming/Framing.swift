package import APITypes
import JSON
package import NIOCore

/// How the objects of a stream are told apart on the wire.
package protocol Framing: Sendable {
    static var contentType: String { get }
    /// One object, framed.
    static func frame(_ object: some WireEncodable) -> ByteBuffer
    /// What follows the last object of a complete answer.
    static var end: ByteBuffer? { get }
}

/// One object a line, as the native API streams.
package enum NDJSON: Framing {
    package static let contentType = "application/x-ndjson"
    package static let end: ByteBuffer? = nil

    package static func frame(_ object: some WireEncodable) -> ByteBuffer {
        var bytes = JSONWriter(.go).bytes(of: object.json)
        bytes.append(UInt8(ascii: "\n"))
        return ByteBuffer(bytes: bytes)
    }
}

/// Events with a name, which is the `type` of their data, as the Anthropic API streams.
package enum NamedEvents: Framing {
    package static let contentType = "text/event-stream"
    package static let end: ByteBuffer? = nil

    package static func frame(_ object: some WireEncodable) -> ByteBuffer {
        let json = object.json
        var bytes = Array("event: \(json["type"]?.stringValue ?? "message")\ndata: ".utf8)
        JSONWriter(.go).append(json, to: &bytes)
        bytes += "\n\n".utf8
        return ByteBuffer(bytes: bytes)
    }
}

/// Events with data only, as the OpenAI API streams.
package enum ServerSentEvents: Framing {
    package static let contentType = "text/event-stream"
    package static let end: ByteBuffer? = ByteBuffer(string: "data: [DONE]\n\n")

    package static func frame(_ object: some WireEncodable) -> ByteBuffer {
        var bytes = Array("data: ".utf8)
        JSONWriter(.go).append(object.json, to: &bytes)
        bytes += "\n\n".utf8
        return ByteBuffer(bytes: bytes)
    }
}

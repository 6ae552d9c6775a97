import JSON

/// `tool_choice` of a message.
package struct MessagesToolChoice: Hashable, Sendable, WireDecodable {
    package enum Kind: Hashable, Sendable {
        case none, auto, any
        case tool(String)
    }

    package static let wireName = "ToolChoice"
    package var kind = Kind.auto
    /// Whether an answer may hold more than one call.
    package var allowsParallelCalls = true

    init() {}

    package init(_ fields: WireFields) throws(WireError) {
        allowsParallelCalls = try fields.bool("disable_parallel_tool_use") != true
        switch try fields.string("type") {
        case nil, ""?, "auto"?: kind = .auto
        case "any"?: kind = .any
        case "none"?: kind = .none
        case "tool"?: kind = .tool(try fields.string("name") ?? "")
        case let other?:
            throw .invalid(
                "tool_choice of type \(goQuoted(other.excerpt())) is not supported; use \"auto\", \"any\", \"tool\" or "
                    + "\"none\"")
        }
    }

    /// - Parameter names: of the tools that are offered.
    func check(_ names: [String]) throws(WireError) {
        switch kind {
        case .any where names.isEmpty: throw .invalid("tool_choice \"any\" needs tools; send some")
        case .tool(let name) where !names.contains(name):
            throw .invalid("tool_choice names \(goQuoted(name.excerpt())), which is none of the tools")
        default: break
        }
    }
}

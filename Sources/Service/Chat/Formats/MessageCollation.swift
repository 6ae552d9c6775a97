/// What is done to messages before a template sees them.
enum MessageCollation {
    /// Neighbours of one role become one message, joined by a blank line, with the images and tool calls of all.
    /// Tools' answers stay apart.
    static func merged(_ messages: [Message]) -> [Message] {
        var result: [Message] = []
        for message in messages {
            let isNeighbour = result.last.map { areMergeable($0, message) } ?? false
            if isNeighbour {
                result[result.count - 1].append(message)
            } else {
                result.append(message)
            }
        }
        return result
    }

    /// Whether merging makes a difference.
    static func hasNeighbours(_ messages: [Message]) -> Bool {
        zip(messages, messages.dropFirst()).contains(where: areMergeable)
    }

    private static func areMergeable(_ first: Message, _ second: Message) -> Bool {
        first.role == second.role && first.role != "tool"
    }

    /// All system messages as one text.
    static func systemText(of messages: [Message]) -> String {
        messages.filter { $0.role == "system" }.map(\.content).joined(separator: "\n\n")
    }

    /// Puts `[img-N]` where an image belongs: for an `[img]` of the content, else before it.
    static func numberingImages(_ messages: [Message]) -> [Message] {
        var number = 0
        return messages.map { message in
            var message = message
            var prefix = ""
            for _ in message.images {
                let tag = "[img-\(number)]"
                number += 1
                if let place = TagScanner(["[img]"]).firstMatch(in: Array(message.content.utf8)) {
                    let bytes = Array(message.content.utf8)
                    message.content = bytes[..<place.lowerBound].text + tag + bytes[place.upperBound...].text
                } else {
                    prefix += tag
                }
            }
            message.content = prefix + message.content
            return message
        }
    }
}

extension Message {
    fileprivate mutating func append(_ other: Message) {
        content += (content.isEmpty || other.content.isEmpty ? "" : "\n\n") + other.content
        thinking = thinking ?? other.thinking
        images += other.images
        toolCalls += other.toolCalls
    }
}

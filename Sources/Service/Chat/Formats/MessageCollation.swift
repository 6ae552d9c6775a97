/// What is done to messages before a Go template sees them.
enum MessageCollation {
    /// Neighbours of one role become one message, joined by a blank line, that keeps what else the first one holds.
    /// Tools' answers stay apart.
    static func merged(_ messages: [Message]) -> [Message] {
        var result: [Message] = []
        for message in messages {
            if let last = result.last, last.role == message.role, message.role != "tool" {
                result[result.count - 1].content += "\n\n" + message.content
            } else {
                result.append(message)
            }
        }
        return result
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

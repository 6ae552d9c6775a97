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

    /// Turns that call several tools as several turns, each with the answer to its call behind it, for templates that know
    /// one call a turn.
    static func splittingCalls(_ messages: [Message]) -> [Message] {
        var result: [Message] = []
        var rest = messages[...]
        while let message = rest.popFirst() {
            guard message.toolCalls.count > 1 else {
                result.append(message)
                continue
            }
            var answers = Array(rest.prefix { $0.role == "tool" })
            rest = rest.dropFirst(answers.count)
            for (index, call) in message.toolCalls.enumerated() {
                var turn = message
                turn.toolCalls = [call]
                if index > 0 {
                    turn.content = ""
                    turn.thinking = nil
                }
                result.append(turn)
                let isMeant = { (answer: Message) in answer.toolCallID != nil && answer.toolCallID == call.id }
                let place = answers.firstIndex(where: isMeant) ?? (answers.first?.toolCallID == nil ? 0 : nil)
                if let place, answers.indices.contains(place) { result.append(answers.remove(at: place)) }
            }
            result += answers
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

extension Message {
    fileprivate mutating func append(_ other: Message) {
        content += (content.isEmpty || other.content.isEmpty ? "" : "\n\n") + other.content
        thinking = thinking ?? other.thinking
        images += other.images
        toolCalls += other.toolCalls
    }
}

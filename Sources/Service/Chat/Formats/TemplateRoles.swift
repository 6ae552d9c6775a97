import Templating

/// Gives messages to a template in roles that it knows.
struct TemplateRoles: Sendable {
    private let namesDeveloper: Bool

    /// Roles that every template is expected to know; what it makes of others only its output shows.
    private static let common: Set = ["system", "user", "assistant", "tool"]

    init(of source: String) {
        namesDeveloper = ["'developer'", "\"developer\"", "`developer`"].contains { name in
            source.mentions(name)
        }
    }

    /// Instructions of a developer are the system's where the template does not name that role. A message without a role
    /// is the user's, and case does not count.
    func adapted(_ messages: [Message]) -> [Message] {
        messages.map { message in
            var message = message
            message.role = message.role.trimmed.lowercased()
            if message.role.isEmpty { message.role = "user" }
            if message.role == "developer", !namesDeveloper { message.role = "system" }
            return message
        }
    }

    /// The messages whose roles a template need not know, as the user's.
    static func writingOthersAsUser(_ messages: [Message]) -> [Message] {
        messages.map { message in
            var message = message
            if isOther(message) { message.role = "user" }
            return message
        }
    }

    static func isOther(_ message: Message) -> Bool { !common.contains(message.role) && !message.isSystem }

    /// Whether a prompt holds all that templates are known to leave out without a word: the texts of the system and of
    /// roles that are not common.
    static func isComplete(_ prompt: String, of messages: [Message]) -> Bool {
        prompt.holds(messages.filter(\.isSystem).map(\.content))
            && prompt.holds(messages.filter(isOther).map(\.content))
    }
}

extension String {
    /// Whether texts stand in this one, in their order. White space at their ends does not count.
    fileprivate func holds(_ texts: [String]) -> Bool {
        var text = self
        return text.withUTF8 { bytes in
            var rest = bytes[...]
            for wanted in texts.lazy.map(\.trimmed) where !wanted.isEmpty {
                let place = SubstringSearch(wanted).offsets(in: UnsafeBufferPointer(rebasing: rest), limit: 1).first
                guard let place else { return false }
                rest = rest.dropFirst(place + wanted.utf8.count)
            }
            return true
        }
    }
}

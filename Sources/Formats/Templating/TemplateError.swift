import JSON

/// Why a chat template cannot be parsed or rendered. Both template languages throw it.
package struct TemplateError: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// The template is not well formed.
        case syntax
        /// The template asks for what the given values cannot do.
        case evaluation
        /// The template itself refused the conversation (`raise_exception`).
        case raised
        /// The template does too much: steps, output, memory or recursion.
        case limit
        /// The task that renders was cancelled.
        case cancelled
    }

    package var kind: Kind
    /// At most `longestMessage` bytes and an ellipsis.
    package private(set) var message: String
    /// Where, counted from 1; 0 where unknown.
    package var line: Int
    package var column: Int

    package static let longestMessage = 2000

    /// The message is the template author's, and meant for the caller.
    package var raisedByTemplate: Bool { kind == .raised }

    package init(_ kind: Kind, _ message: String, line: Int = 0, column: Int = 0) {
        self.kind = kind
        self.message = message.excerpt(Self.longestMessage)
        self.line = line
        self.column = column
    }
}

extension TemplateError: CustomStringConvertible {
    package var description: String {
        if raisedByTemplate { return "chat template: \(message)" }
        if line == 0 { return "chat template: \(message)" }
        return "chat template, line \(line), column \(column): \(message)"
    }
}

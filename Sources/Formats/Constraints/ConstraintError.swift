package import Tensors

/// Why a text cannot be constrained, or why a constrained text cannot go on.
package enum ConstraintError: Error, Hashable, Sendable {
    /// The source is not well formed; line and column count from 1.
    case syntax(String, line: Int, column: Int)
    /// A rule that is used but not defined.
    case undefinedRule(String)
    /// A rule that begins with itself.
    case leftRecursion(rule: String)
    /// There is no text that the constraint allows.
    case matchesNothing
    /// The constraint needs more of something than is allowed.
    case tooLarge(Quantity, limit: Int)
    /// Token that may not follow here.
    case tokenNotAllowed(TokenID)
    /// Byte, counted from 0, that may not stand there.
    case byteNotAllowed(at: Int)
    /// No token of the vocabulary is a way to go on.
    case noTokenFits

    package enum Quantity: String, Hashable, Sendable {
        case sourceBytes = "bytes of source"
        case nesting = "levels of nesting"
        case expressions = "expressions"
        case repetitions = "repetitions"
        case exploredStates = "states of an intersection or complement"
        case stacks = "readings of a text at once"
        case stackDepth = "levels of nesting in the text"
        case work = "steps for one token"
        case memory = "bytes of memory"
    }
}

extension ConstraintError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .syntax(let problem, let line, let column): "line \(line), column \(column): \(problem)"
        case .undefinedRule(let name): "rule '\(name.prefix(100))' is used but not defined"
        case .leftRecursion(let rule): "rule '\(rule.prefix(100))' begins with itself (left recursion)"
        case .matchesNothing: "there is no text that the constraint allows"
        case .tooLarge(let quantity, let limit):
            "the constraint is too large: more than \(limit) \(quantity.rawValue)"
        case .tokenNotAllowed(let token): "token \(token) may not follow here"
        case .byteNotAllowed(let offset): "byte \(offset) may not stand there"
        case .noTokenFits: "no token of the model's vocabulary goes on with the text as the constraint asks"
        }
    }
}

/// Why a regular expression cannot be a constraint.
package enum RegexError: Error, Hashable, Sendable {
    /// - offset: in Unicode scalars, from 0.
    case syntax(String, offset: Int)
    /// Something that regular expressions of other programs have, and constraints do not.
    case unsupported(String, offset: Int)
    case tooLarge(String, limit: Int)
}

extension RegexError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .syntax(let problem, let offset): "\(problem) at character \(offset) of the regular expression"
        case .unsupported(let feature, let offset):
            "\(feature) at character \(offset) of the regular expression is not supported"
        case .tooLarge(let quantity, let limit): "the regular expression has more than \(limit) \(quantity)"
        }
    }
}

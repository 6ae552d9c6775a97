/// Identifiers as the Anthropic API writes them.
package enum AnthropicID {
    /// - Parameter kind: `msg`, `toolu` or `req`.
    /// - Returns: the kind and 24 random digits in base 16.
    package static func make(_ kind: String) -> String {
        let digits = Array("0123456789abcdef")
        return "\(kind)_" + String((0..<24).map { _ in digits[Int.random(in: digits.indices)] })
    }
}

package import JSON
import OrderedCollections

/// What is added to the logits of tokens, which are named by their indices or by texts.
package struct TokenBiases: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    package var tokens: [Int32: Float] = [:]
    /// Every token of a text has its bias.
    package var texts: [String: Float] = [:]

    /// Each costs time at each token of an answer.
    package static let limit = 1024
    /// Bytes of a text.
    package static let longestText = 256

    package var isEmpty: Bool { tokens.isEmpty && texts.isEmpty }
    package var count: Int { tokens.count + texts.count }

    package init() {}

    package init(dictionaryLiteral elements: (Int32, Float)...) {
        for (token, bias) in elements { tokens[token] = bias }
    }

    /// Reads `{"15": 1, "text": -1}` and `[[15, 1], ["text", -1]]`. In an object, a whole number is the index of a token;
    /// `false` in the place of a bias forbids the token.
    /// - Returns: nil where it is neither, or has too many or too long keys.
    package init?(_ json: JSONValue) {
        switch json {
        case .object(let object):
            for (key, value) in object { guard add(key, value) else { return nil } }
        case .array(let pairs):
            for pair in pairs {
                guard case .array(let pair) = pair, pair.count == 2, add(pair[0], pair[1]) else { return nil }
            }
        default: return nil
        }
        guard count <= Self.limit else { return nil }
    }

    /// Adds what an object says under a key.
    /// - Returns: false where that is no bias of a token.
    package mutating func add(_ key: String, _ value: JSONValue) -> Bool {
        add(Int(key).map { .integer($0) } ?? .string(key), value)
    }

    private mutating func add(_ key: JSONValue, _ value: JSONValue) -> Bool {
        let bias = value == .bool(false) ? -Float.infinity : value.doubleValue.map { Float($0) }
        guard let bias, !bias.isNaN else { return false }
        switch key {
        case .integer(let index):
            guard index >= 0, let token = Int32(exactly: index) else { return false }
            tokens[token] = bias
        case .string(let text):
            guard !text.isEmpty, text.utf8.count <= Self.longestText else { return false }
            texts[text] = bias
        default: return false
        }
        return true
    }

    /// An array of pairs, tokens first.
    package var json: JSONValue {
        let pairs =
            tokens.sorted { $0.key < $1.key }.map { (JSONValue.integer(Int($0.key)), $0.value) }
            + texts.sorted { $0.key < $1.key }.map { (.string($0.key), $0.value) }
        return .array(
            pairs.map { .array([$0.0, $0.1.isFinite ? OptionValue.number($0.1).json : .bool(false)]) })
    }
}

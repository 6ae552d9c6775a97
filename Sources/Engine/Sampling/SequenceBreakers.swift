package import Tensors

/// Sequences of tokens after which a repetition counts from the beginning, such as the end of a line.
package struct SequenceBreakers: Hashable, Sendable {
    /// What follows the first token of a sequence, by that token.
    private var tails: [TokenID: Set<[TokenID]>] = [:]

    package init() {}

    package var isEmpty: Bool { tails.isEmpty }

    package mutating func insert(_ first: TokenID, then tail: [TokenID] = []) {
        tails[first, default: []].insert(tail)
    }

    /// How many tokens follow the last sequence of these.
    /// - Parameter newest: the text, its last token first.
    package func distance(in newest: [TokenID]) -> Int {
        for (age, token) in newest.enumerated() {
            guard let tails = tails[token] else { continue }
            let matching = tails.filter { tail in
                tail.count <= age && tail.indices.allSatisfy { newest[age - 1 - $0] == tail[$0] }
            }
            if let longest = matching.map(\.count).max() { return age - longest }
        }
        return newest.count
    }
}

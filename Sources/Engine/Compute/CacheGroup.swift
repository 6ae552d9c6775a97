/// What layers of a cache keep of the past of a sequence, and for how long.
package enum CachePolicy: Hashable, Sendable {
    /// Keys and values of every position.
    case full
    /// Keys and values of the last positions, of which each row sees this many at most, its own included.
    case window(Int)
    /// A state of fixed size that each row changes (convolutions, scans). It cannot go back to an earlier position; copies
    /// of it can be kept.
    case state
}

/// Layers whose blocks are taken and given back together: block `i` of a group is the same in all its layers.
package struct CacheGroup: Hashable, Sendable {
    package let policy: CachePolicy
    package internal(set) var layers: [CacheLayer]
}

/// What one layer of a model keeps between batches.
package struct CacheLayer: Hashable, Sendable {
    package enum Content: Hashable, Sendable {
        /// For each position `heads` keys of `keyWidth` elements and as many values of `valueWidth`.
        case keysAndValues(heads: Int, keyWidth: Int, valueWidth: Int)
        /// Floats of a sequence's state.
        case state(width: Int)
    }

    /// Its number among all layers of the program's cache.
    package let index: Int
    /// The number of its group.
    package let group: Int
    package let content: Content

    /// Elements that a block of `blockTokens` positions holds; of a state, its floats.
    package func elements(perBlockOf blockTokens: Int) -> Int {
        switch content {
        case .keysAndValues(let heads, let keyWidth, let valueWidth): heads * (keyWidth + valueWidth) * blockTokens
        case .state(let width): width
        }
    }
}

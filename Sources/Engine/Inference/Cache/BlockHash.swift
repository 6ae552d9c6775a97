package import Tensors

/// Names a full block by its tokens and all tokens before it: a link of a hash chain.
///
/// `Hasher` is seeded afresh in each process, so nobody can prepare two prompts that collide; the pool also compares the
/// block's own tokens.
package struct BlockHash: Hashable, Sendable {
    private let value: Int

    package init(after parent: BlockHash?, _ tokens: ArraySlice<TokenID>) {
        var hasher = Hasher()
        hasher.combine(parent)
        for token in tokens { hasher.combine(token) }
        value = hasher.finalize()
    }
}

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// ALiBi: what each head adds to a score for each position that a key lies after the row's own.
///
/// A power of two of heads has slopes that fall from 2^(-8/heads) to 2^-8 by equal factors. Heads beyond the largest such
/// power have the slopes that twice as many heads would have in the odd places.
package func alibiSlopes(heads: Int) -> [Float] {
    var power = 1
    while power * 2 <= heads { power *= 2 }
    return (0..<heads).map { head in
        let step = head < power ? Double(head + 1) : Double(head - power) + 0.5
        return Float(pow(2, -8 * step / Double(power)))
    }
}

/// How a KV cache keeps keys and values, by the name that `OLLAMA_KV_CACHE_TYPE` gives it: `f16`, `q8_0`, `q4_0`.
/// A backend says which it has when it is asked for one.
package struct CacheType: Hashable, Sendable, CustomStringConvertible {
    package let name: String

    /// - Parameter name: in any case.
    package init(_ name: String) {
        self.name = name.lowercased()
    }

    /// What every backend has.
    package static let f16 = CacheType("f16")

    package var description: String { name }
}

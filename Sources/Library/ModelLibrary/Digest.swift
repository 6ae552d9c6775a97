/// The SHA-256 of a blob. Made only by a strict parse or by hashing.
package struct Digest: Hashable, Sendable {
    /// 64 lower-case hexadecimal digits.
    package let hex: String
}

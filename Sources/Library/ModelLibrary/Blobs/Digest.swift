package import Crypto

/// The SHA-256 of a blob. Made only by a strict parse or by hashing.
package struct Digest: Hashable, Sendable {
    /// 64 lower-case hexadecimal digits.
    package let hex: String

    /// Reads `sha256:…` or `sha256-…`, each with 64 hexadecimal digits.
    package init(_ text: some StringProtocol) throws(ModelLibraryError) {
        let bytes = Array(text.utf8)
        let digits = bytes.dropFirst(7)
        guard bytes.starts(with: "sha256:".utf8) || bytes.starts(with: "sha256-".utf8), digits.count == 64,
            digits.allSatisfy({
                UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || UInt8(ascii: "a")...UInt8(ascii: "f") ~= $0 | 0x20
            })
        else { throw .invalidDigest(String(text)) }
        hex = String(decoding: digits.map { $0 < UInt8(ascii: "A") ? $0 : $0 | 0x20 }, as: UTF8.self)
    }

    package init(_ hash: SHA256Digest) {
        let digits = Array("0123456789abcdef".utf8)
        hex = String(decoding: hash.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    package init(hashing bytes: [UInt8]) {
        var hasher = SHA256()
        bytes.withUnsafeBytes { hasher.update(bufferPointer: $0) }
        self.init(hasher.finalize())
    }

    /// The first twelve digits, as progress lines and lists print them.
    package var short: String { String(hex.prefix(12)) }
}

extension Digest: CustomStringConvertible {
    package var description: String { "sha256:" + hex }
}

package import Crypto

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// The file format of OpenSSH's private keys, for Ed25519 keys without a passphrase.
package enum OpenSSHKey {
    private static let header = "-----BEGIN OPENSSH PRIVATE KEY-----"
    private static let footer = "-----END OPENSSH PRIVATE KEY-----"
    private static let magic = Data("openssh-key-v1\0".utf8)
    private static let type = Data("ssh-ed25519".utf8)

    package static func parse(_ text: String, path: String) throws(RegistryError) -> Curve25519.Signing.PrivateKey {
        func failure(_ reason: String) -> RegistryError { .invalidKey(path: path, reason: reason) }
        let lines = text.split(whereSeparator: \.isNewline)
        guard let start = lines.firstIndex(where: { $0 == header }),
            let end = lines.firstIndex(where: { $0 == footer }),
            start < end, let data = Data(base64Encoded: lines[(start + 1)..<end].joined()), data.starts(with: magic)
        else { throw failure("it is no OpenSSH private key") }
        var fields = Fields(data.dropFirst(magic.count))
        guard let cipher = fields.next(), fields.next() != nil, fields.next() != nil, let count = fields.number(),
            fields.next() != nil, let secret = fields.next()
        else { throw failure("it is cut short") }
        guard cipher == Data("none".utf8) else { throw failure("it has a passphrase") }
        var inner = Fields(secret)
        guard count == 1, let check = inner.number(), check == inner.number(), inner.next() == type,
            let publicKey = inner.next(), let pair = inner.next(), pair.count == 64
        else { throw failure("it is no Ed25519 key") }
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: pair.prefix(32)),
            key.publicKey.rawRepresentation == publicKey
        else { throw failure("its halves do not match") }
        return key
    }

    static func text(of key: Curve25519.Signing.PrivateKey) -> String {
        let check = UInt32.random(in: .min ... .max)
        var secret = number(check) + number(check) + field(type) + field(key.publicKey.rawRepresentation)
        secret += field(key.rawRepresentation + key.publicKey.rawRepresentation) + field(Data())
        var padding: UInt8 = 1
        while secret.count % 8 != 0 {
            secret.append(padding)
            padding += 1
        }
        var data = magic + field(Data("none".utf8)) + field(Data("none".utf8)) + field(Data()) + number(1)
        data += field(publicBlob(of: key)) + field(secret)
        var lines = [header]
        var rest = data.base64EncodedString()[...]
        while !rest.isEmpty {
            lines.append(String(rest.prefix(70)))
            rest = rest.dropFirst(70)
        }
        return (lines + [footer, ""]).joined(separator: "\n")
    }

    /// What stands, in base64, in a `.pub` file.
    package static func publicBlob(of key: Curve25519.Signing.PrivateKey) -> Data {
        field(type) + field(key.publicKey.rawRepresentation)
    }

    private static func number(_ value: UInt32) -> Data { withUnsafeBytes(of: value.bigEndian) { Data($0) } }
    private static func field(_ bytes: Data) -> Data { number(UInt32(bytes.count)) + bytes }

    /// Reads numbers and fields that are preceded by their length.
    private struct Fields {
        private var rest: Data

        init(_ data: Data) { rest = data }

        mutating func number() -> UInt32? {
            guard rest.count >= 4 else { return nil }
            let value = rest.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            rest = rest.dropFirst(4)
            return value
        }

        mutating func next() -> Data? {
            guard let length = number(), Int(length) <= rest.count else { return nil }
            defer { rest = rest.dropFirst(Int(length)) }
            return rest.prefix(Int(length))
        }
    }
}

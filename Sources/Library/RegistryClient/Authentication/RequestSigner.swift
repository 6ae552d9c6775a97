import Crypto
import ModelLibrary
package import SystemPackage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Proves to a registry who asks, with the Ed25519 key that `ollama` uses too.
package struct RequestSigner: Sendable {
    private let key: Curve25519.Signing.PrivateKey

    /// Reads the OpenSSH private key file at `path`; makes one where there is none.
    package init(keyAt path: FilePath) throws {
        if try FileSystem.status(of: path) != nil {
            let text = try FileSystem.read(path, limit: 64 << 10)
            key = try OpenSSHKey.parse(String(decoding: text, as: UTF8.self), path: path.string)
        } else {
            key = Curve25519.Signing.PrivateKey()
            try Self.write(key, to: path)
        }
    }

    init(key: Curve25519.Signing.PrivateKey) {
        self.key = key
    }

    /// `ssh-ed25519 AAAA…`, as a user registers it.
    package var publicKeyLine: String { "ssh-ed25519 " + OpenSSHKey.publicBlob(of: key).base64EncodedString() }

    /// The value of the header `Authorization` for a request without a body.
    func authorization(method: String, url: String) throws -> String {
        let emptyHash = Data(ModelLibrary.Digest(hashing: []).hex.utf8).base64EncodedString()
        let signature = try key.signature(for: Data("\(method),\(url),\(emptyHash)".utf8))
        return "\(OpenSSHKey.publicBlob(of: key).base64EncodedString()):\(signature.base64EncodedString())"
    }

    static func makeNonce() -> String {
        var bytes = Data()
        for _ in 0..<16 { bytes.append(UInt8.random(in: 0...255)) }
        return String(
            bytes.base64EncodedString().compactMap { character -> Character? in
                switch character {
                case "+": "-"
                case "/": "_"
                case "=": nil
                default: character
                }
            })
    }

    private static func write(_ key: Curve25519.Signing.PrivateKey, to path: FilePath) throws {
        try FileSystem.makeFolder(path.removingLastComponent())
        let files = [
            (path, OpenSSHKey.text(of: key), 0o600 as CModeT),
            (
                FilePath(path.string + ".pub"),
                "ssh-ed25519 " + OpenSSHKey.publicBlob(of: key).base64EncodedString() + "\n", 0o644
            ),
        ]
        for (path, text, mode) in files {
            let file = try FileSystem.open(
                path, .writeOnly, options: [.create, .truncate], permissions: FilePermissions(rawValue: mode))
            defer { try? file.close() }
            try FileSystem.perform("write", path) { _ = try file.writeAll(text.utf8) }
        }
    }
}

import Crypto
import LibraryTestSupport
import ModelLibrary
import NIOHTTP1
import RegistryClient
import SystemPackage
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

enum SignatureCheck {
    static func isValid(_ signature: String, of text: String, publicBlob: String) throws -> Bool {
        let blob = try #require(Data(base64Encoded: publicBlob))
        let key = try Curve25519.Signing.PublicKey(rawRepresentation: blob.suffix(32))
        return key.isValidSignature(try #require(Data(base64Encoded: signature)), for: Data(text.utf8))
    }
}

@Suite("The parts of a pull")
struct RegistryPartsTests {
    @Test(
        "a blob is split as Ollama splits it",
        arguments: [
            (1, [1]), (99_999_999, [99_999_999]), (100_000_001, [100_000_000, 1]),
            (32_000_000_000, [Int](repeating: 1_000_000_000, count: 32)),
            (4_000_000_000, [Int](repeating: 250_000_000, count: 16)), (0, []),
        ])
    func split(size: Int, parts: [Int]) {
        let state = ResumeState(size: size)
        #expect(state.parts.map(\.size) == parts)
        #expect(state.parts.map(\.size).reduce(0, +) == size)
        #expect(ResumeState(size: size, isWhole: true).parts.count == (size == 0 ? 0 : 1))
    }

    @Test("the files of the parts read back, and contradictions count for nothing")
    func resume() throws {
        var state = ResumeState(size: 250_000_000)
        state.parts[0].completed = 100_000_000
        state.parts[1].completed = 5
        state.parts[2].completed = 7
        #expect(state.completed == 100_000_012)
        #expect(state.frontier == 100_000_005)
        let files = state.parts.map(\.bytes)
        #expect(
            String(decoding: files[1], as: UTF8.self)
                == "{\"N\":1,\"Offset\":100000000,\"Size\":100000000,\"Completed\":5}\n")
        #expect(ResumeState(size: 250_000_000, files: files.reversed()) == state)
        #expect(ResumeState(size: 250_000_001, files: files) == nil)
        #expect(ResumeState(size: 250_000_000, files: Array(files.dropLast())) == nil)
        #expect(ResumeState(size: 250_000_000, files: files + [files[0]]) == nil)
        #expect(ResumeState(size: 250_000_000, files: files + [Array("{".utf8)]) == nil)
        #expect(ResumeState(size: 10, files: []) == nil)
        for bad in [
            #"{"N":0,"Offset":0,"Size":10,"Completed":11}"#, #"{"N":0,"Offset":0,"Size":10,"Completed":-1}"#,
            #"{"N":0,"Offset":1,"Size":9,"Completed":0}"#,
            #"{"N":0,"Offset":0,"Size":9223372036854775807,"Completed":0}"#,
            #"{"N":0,"Offset":0,"Size":0,"Completed":0}"#,
        ] {
            #expect(ResumeState(size: 10, files: [Array(bad.utf8)]) == nil)
        }
    }

    @Test("a plan names each blob once, the configuration first")
    func plan() throws {
        let layers = (0..<3).map { Layer(mediaType: .model, digest: Digest(hashing: [$0]), size: Int($0) + 1) }
        let manifest = Manifest(configuration: layers[0], layers: [layers[1], layers[2], layers[1]])
        #expect(try PullPlan(manifest).blobs == layers)
        var other = layers[0]
        other.size = 5
        #expect(throws: ModelLibraryError.self) { try PullPlan(Manifest(configuration: other, layers: layers)) }
    }

    @Test("a connection that turns out to lead nearer than the registry is closed before anything is asked there")
    func peer() async throws {
        let folder = try TemporaryStore()
        let server = try ScriptedServer { _ in .init() }
        let settings = RegistryClient.Settings(keyPath: folder.root.appending("key"))
        for (registry, isAllowed) in [("http://registry.example", false), ("http://\(server.host)", true)] {
            let transport = RegistryTransport(registry: try HTTPAddress(registry), settings: settings)
            let address = try HTTPAddress("http://127.1:\(server.port)/elsewhere")
            let error = await failure(of: { _ = try await transport.get(address, headers: [:]) })
            #expect((error == nil) == isAllowed)
            #expect(isAllowed || error as? RegistryError == .nearRedirect(nil))
            #expect(server.received.count == (isAllowed ? 1 : 0))
            await transport.shutDown()
        }
    }

    private func failure(of body: () async throws -> Void) async -> (any Error)? {
        do {
            try await body()
            return nil
        } catch {
            return error
        }
    }

    @Test("addresses resolve as a browser resolves them")
    func addresses() throws {
        let address = try HTTPAddress("https://Host:5000/v2/a/b?x=1#frag")
        #expect(address.text == "https://host:5000/v2/a/b?x=1")
        #expect(try address.resolving("/c").text == "https://host:5000/c")
        #expect(try address.resolving("c?y").text == "https://host:5000/v2/a/c?y")
        #expect(try address.resolving("//other/c").text == "https://other/c")
        #expect(try address.resolving("http://other").text == "http://other/")
        #expect(try HTTPAddress("https://h").hasSameOrigin(as: HTTPAddress("https://H:443/x")))
        #expect(try !HTTPAddress("https://h").hasSameOrigin(as: HTTPAddress("http://h:443")))
        #expect(try HTTPAddress("https://[::1]/").port == 443)
        #expect(try HTTPAddress("https://[::1]:5/").port == 5)
        #expect(try HTTPAddress("https://[::1]:5/").host == "::1")
    }

    @Test("a challenge is read with and without quotes, and its query is sorted and escaped")
    func challenge() throws {
        let challenge = try BearerChallenge([
            "Basic x", "bearer realm=\"https://h/t\", service=reg.io,scope=\"repository:a/b:pull x y\"",
        ])
        #expect(challenge.realm == "https://h/t")
        #expect(challenge.scopes == ["repository:a/b:pull", "x", "y"])
        #expect(
            challenge.query(nonce: "n", time: 5)
                == "nonce=n&scope=repository%3Aa%2Fb%3Apull&scope=x&scope=y&service=reg.io&ts=5")
        #expect(BearerChallenge.token(in: Array(#"{"token":"a.b-c"}"#.utf8)) == "a.b-c")
        for bad in ["", "[]", #"{"token":""}"#, #"{"token":"a\nb"}"#, #"{"token":7}"#] {
            #expect(BearerChallenge.token(in: Array(bad.utf8)) == nil)
        }
    }

    /// Made by `ssh-keygen -t ed25519` for this test only.
    private static let sshKey = """
        -----BEGIN OPENSSH PRIVATE KEY-----
        b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
        QyNTUxOQAAACBzla6gaB5/Y6yosJ7SNtFCvQBWXubJNwxDVOER44+jgAAAAIh3n2ald59m
        pQAAAAtzc2gtZWQyNTUxOQAAACBzla6gaB5/Y6yosJ7SNtFCvQBWXubJNwxDVOER44+jgA
        AAAEDnrpinl0zHyZJDLsXbV5eVyDQgfcmYacsAlWAV/xNC/XOVrqBoHn9jrKiwntI20UK9
        AFZe5sk3DENU4RHjj6OAAAAABHRlc3QB
        -----END OPENSSH PRIVATE KEY-----
        """
    private static let sshPublicKey = "AAAAC3NzaC1lZDI1NTE5AAAAIHOVrqBoHn9jrKiwntI20UK9AFZe5sk3DENU4RHjj6OA"

    @Test("a key that ssh-keygen has made is read")
    func opensshKey() throws {
        let key = try OpenSSHKey.parse(Self.sshKey, path: "k")
        #expect(OpenSSHKey.publicBlob(of: key).base64EncodedString() == Self.sshPublicKey)
    }

    @Test("a key of our own reads back, with rights for its owner only")
    func ownKey() throws {
        let folder = try TemporaryStore()
        let path = folder.root.appending("deep/id_ed25519")
        let made = try RequestSigner(keyAt: path)
        let read = try RequestSigner(keyAt: path)
        #expect(made.publicKeyLine == read.publicKeyLine)
        let mode = try FileManager.default.attributesOfItem(atPath: path.string)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test("a key that cannot be used says why")
    func badKeys() throws {
        for text in [
            "", "hello", Self.sshKey.replacing("OPENSSH", with: "RSA"), Self.sshKey.replacing("AAAA", with: "BBBB"),
        ] {
            #expect(throws: RegistryError.self) { try OpenSSHKey.parse(text, path: "k") }
        }
        let lines = Self.sshKey.split(separator: "\n")
        for count in 1..<lines.count {
            let cut = (lines.prefix(count) + lines.suffix(1)).joined(separator: "\n")
            if count < lines.count - 1 { #expect(throws: RegistryError.self) { try OpenSSHKey.parse(cut, path: "k") } }
        }
    }
}

package import GGUF
package import SystemPackage
import Tensors
import TestSupport

/// A GGUF file with a few metadata entries and one tensor of noise.
package enum TinyGGUF {
    package static func bytes(
        architecture: String = "llama", extra: [(String, GGUFValue)] = [], tensorBytes: Int = 128, seed: UInt64 = 1
    ) throws -> [UInt8] {
        var writer = GGUFWriter()
        writer.metadata["general.architecture"] = .string(architecture)
        writer.metadata["general.file_type"] = .uint32(0)
        writer.metadata["\(architecture).block_count"] = .uint32(1)
        for (key, value) in extra { writer.metadata[key] = value }
        guard let shape = TensorShape([tensorBytes / 4]) else { return [] }
        var random = SeededGenerator(seed: seed)
        var noise: [UInt8] = []
        while noise.count < tensorBytes { withUnsafeBytes(of: random.next()) { noise.append(contentsOf: $0) } }
        noise.removeLast(noise.count - tensorBytes)
        try writer.add("token_embd.weight", type: .f32, shape: shape, bytes: noise)
        return try writer.bytes()
    }

    package static func write(
        to path: FilePath, architecture: String = "llama", extra: [(String, GGUFValue)] = []
    ) throws {
        let bytes = try bytes(architecture: architecture, extra: extra)
        let file = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .truncate], permissions: FilePermissions(rawValue: 0o644))
        try file.closeAfter { _ = try file.writeAll(bytes) }
    }
}

import GGUF
import Tensors

/// A GGUF file with one tensor of noise.
enum TinyGGUF {
    static func bytes(tensorBytes: Int = 128, seed: UInt64 = 1) throws -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        var writer = GGUFWriter()
        writer.metadata["general.architecture"] = .string("llama")
        writer.metadata["general.file_type"] = .uint32(0)
        writer.metadata["llama.block_count"] = .uint32(1)
        guard let shape = TensorShape([tensorBytes / 4]) else { return [] }
        var noise: [UInt8] = []
        while noise.count < tensorBytes { withUnsafeBytes(of: random.next()) { noise.append(contentsOf: $0) } }
        noise.removeLast(noise.count - tensorBytes)
        try writer.add("token_embd.weight", type: .f32, shape: shape, bytes: noise)
        return try writer.bytes()
    }
}

import GGUF
import SystemPackage
import Tensors

/// A GGUF file with a few metadata entries and one small tensor.
enum TinyGGUF {
    static func write(
        to path: FilePath, architecture: String = "llama", extra: [(String, GGUFValue)] = [], elements: Int = 32
    ) throws {
        var writer = GGUFWriter()
        writer.metadata["general.architecture"] = .string(architecture)
        writer.metadata["general.file_type"] = .uint32(0)
        writer.metadata["\(architecture).block_count"] = .uint32(1)
        for (key, value) in extra { writer.metadata[key] = value }
        let shape = try requireValue(TensorShape([elements]))
        try writer.add("token_embd.weight", type: .f32, shape: shape, bytes: Array(repeating: 0, count: elements * 4))
        try writer.write(to: path)
    }

    private static func requireValue<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw GGUFError.notGGUF }
        return value
    }
}

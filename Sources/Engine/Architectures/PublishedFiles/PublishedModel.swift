import GGUF
import Tensors

/// A model's metadata and tensors while a layout's translation changes them.
struct PublishedModel {
    var metadata: GGUFMetadata
    private(set) var tensors: [TensorView]

    init(metadata: GGUFMetadata, tensors: [TensorView]) {
        self.metadata = metadata
        self.tensors = tensors
    }

    var architecture: String? { metadata.architecture }

    func has(_ key: String) -> Bool { metadata[key] != nil }

    func hasTensor(_ name: String) -> Bool { tensors.contains { $0.name == name } }

    /// The sizes of a matrix, or of the matrices of all experts; nil where there is no such tensor of so many dimensions.
    func dimensions(of name: String, count: Int) -> [Int]? {
        tensors.first { $0.name == name && $0.shape.dimensions.count == count }?.shape.dimensions
    }

    /// Whether the file has a vision part beside the model: an encoder and a projector.
    var hasVision: Bool { tensors.contains { Self.isVision($0.name) } }

    /// Leaves out the tensors of the vision part.
    mutating func removeVision() { tensors.removeAll { Self.isVision($0.name) } }

    private static func isVision(_ name: String) -> Bool { name.hasPrefix("v.") || name.hasPrefix("mm.") }

    /// Gives the model another `general.architecture`, which is also the first part of its keys.
    mutating func setArchitecture(_ architecture: String) {
        let prefix = "\(self.architecture ?? "")."
        var renamed = GGUFMetadata()
        for key in metadata.keys {
            let isPrefixed = key.hasPrefix(prefix)
            renamed[isPrefixed ? "\(architecture).\(key.dropFirst(prefix.count))" : key] = metadata[key]
        }
        renamed["general.architecture"] = .string(architecture)
        metadata = renamed
    }

    /// Does nothing where the file has no such key.
    mutating func renameKey(_ old: String, to new: String) {
        guard let value = metadata[old] else { return }
        metadata[old] = nil
        metadata[new] = value
    }

    mutating func setDefault(_ key: String, _ value: GGUFValue) {
        if !has(key) { metadata[key] = value }
    }

    /// Sets the pre-tokenizer, where the file names none.
    mutating func setDefaultPreTokenizer(_ name: String) {
        if hasNoPreTokenizer { metadata["tokenizer.ggml.pre"] = .string(name) }
    }

    /// Whether the file names no pre-tokenizer, or the one of no model.
    var hasNoPreTokenizer: Bool {
        [nil, .string(""), .string("default")].contains(metadata["tokenizer.ggml.pre"])
    }

    mutating func renameTensors(_ newName: (String) -> String) {
        tensors = tensors.map { tensor in
            TensorView(
                name: newName(tensor.name), type: tensor.type, shape: tensor.shape, bytes: tensor.bytes,
                owner: tensor.owner)
        }
    }

    /// Replaces parts of names: `attn_out` in `blk.0.attn_out.weight`.
    mutating func renameTensorParts(_ newParts: [String: String]) {
        renameTensors { name in
            name.split(separator: ".", omittingEmptySubsequences: false)
                .map { newParts[String($0)] ?? String($0) }
                .joined(separator: ".")
        }
    }
}

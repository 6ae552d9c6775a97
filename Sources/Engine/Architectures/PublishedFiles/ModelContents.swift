import Compute
package import GGUF
package import Tensors

/// A model file's metadata and weights as llama.cpp's converter writes them, which is what programs and tokenizers read.
///
/// Ollama's library has models that its own converters wrote with other keys and names; they are translated here, once,
/// and in memory: the file stays as it is and nothing of its weights is copied.
package struct ModelContents: WeightSource {
    package let file: GGUFFile
    package let metadata: GGUFMetadata
    /// Those of the model itself, without the vision part that some files have.
    package let tensors: [TensorView]
    private let indexOfTensor: [String: Int]

    /// - Throws: where the file is in a layout of Ollama's and contradicts itself.
    package init(_ file: GGUFFile) throws(GGUFError) {
        var model = PublishedModel(metadata: file.metadata, tensors: file.tensors)
        if let layout = PublishedLayout.all.first(where: { $0.matches(model) }) { try layout.translate(&model) }
        self.file = file
        metadata = model.metadata
        tensors = model.tensors
        var indexOfTensor: [String: Int] = [:]
        for (index, tensor) in tensors.enumerated() {
            guard indexOfTensor.updateValue(index, forKey: tensor.name) == nil else {
                throw .duplicateTensor(tensor.name)
            }
        }
        self.indexOfTensor = indexOfTensor
    }

    /// Whether all that was read of the file so far is what it holds.
    package var isIntact: Bool { file.isIntact }

    package func tensor(named name: String) -> TensorView? {
        indexOfTensor[name].map { tensors[$0] }
    }
}

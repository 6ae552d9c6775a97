package import Tensors

/// A weight as a program names it.
package struct Weight: Hashable, Sendable {
    package let name: String
    package let type: QuantizationType
    package let shape: TensorShape

    package init(name: String, type: QuantizationType, shape: TensorShape) {
        self.name = name
        self.type = type
        self.shape = shape
    }
}

/// Where the bytes of weights come from: a GGUF file, or tensors made by a test.
package protocol WeightSource: Sendable {
    func tensor(named name: String) -> TensorView?
}

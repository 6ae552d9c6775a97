import CKernels
package import Compute
package import Tensors

/// The weights of another source in f32: what arithmetic that rounds activations to 8 bits must not be judged by.
package final class ExpandedWeights: WeightSource {
    private let tensors: [String: TensorView]

    private final class Floats: @unchecked Sendable {
        let buffer: UnsafeMutableBufferPointer<Float>

        init(_ count: Int) { buffer = .allocate(capacity: count) }

        deinit { buffer.deallocate() }
    }

    package init(_ views: [TensorView]) throws(ComputeError) {
        var tensors: [String: TensorView] = [:]
        for view in views {
            guard let table = ck_table_named("generic"), let format = ck_find_format(table, view.type.ggufID) else {
                throw .unsupportedType(weight: view.name, type: view.type.name)
            }
            let floats = Floats(view.shape.elementCount)
            format.pointee.dequantize(view.shape.elementCount, view.bytes.baseAddress, floats.buffer.baseAddress)
            tensors[view.name] = TensorView(
                name: view.name, type: .f32, shape: view.shape, bytes: UnsafeRawBufferPointer(floats.buffer),
                owner: floats)
        }
        self.tensors = tensors
    }

    package func tensor(named name: String) -> TensorView? { tensors[name] }
}

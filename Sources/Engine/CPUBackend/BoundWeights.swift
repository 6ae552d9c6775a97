import CKernels
import Compute
import Tensors

/// A program's weights as addresses: in a mapped file, in packed copies, or, where they are small, in f32.
final class BoundWeights {
    /// The mappings that the weights lie in.
    private(set) var owners: [any AnyObject & Sendable] = []
    /// Copies of matrices, to be filled when all steps are compiled; nil where they are used as they are.
    let packed: PackedWeights?
    private let source: any WeightSource
    private let kernels: KernelTable
    private let memory: BufferMemory

    init(_ source: any WeightSource, _ kernels: KernelTable, _ memory: BufferMemory, packed: PackedWeights?) {
        self.source = source
        self.kernels = kernels
        self.memory = memory
        self.packed = packed
    }

    /// A matrix, or the matrices of a tensor of three dimensions.
    func product(_ weight: Weight, bias: Weight? = nil) throws(ComputeError) -> MatrixProduct {
        try product([weight], bias: bias)
    }

    /// The matrices of experts.
    func product(_ experts: ExpertMatrices) throws(ComputeError) -> MatrixProduct {
        try product(experts.tensors, bias: experts.bias)
    }

    private func product(_ tensors: [Weight], bias: Weight?) throws(ComputeError) -> MatrixProduct {
        let rows = try MatrixRows(tensors[0])
        var bases: [UnsafeRawPointer] = []
        var isPacked = false
        for weight in tensors {
            let tensor = try tensor(weight)
            let matrixBytes = rows.matrixBytes(in: tensor)
            if let packed = packed?.place(weight, tensor) {
                isPacked = true
                for matrix in 0..<rows.matrixCount { bases.append(packed.base + matrix * packed.matrixBytes) }
            } else {
                let base = try address(tensor) + rows.first * rows.stride
                for matrix in 0..<rows.matrixCount { bases.append(base + matrix * matrixBytes) }
            }
        }
        let matrices = try memory.allocate(
            bases.count, of: MemoryLayout<UnsafeRawPointer>.stride, for: "addresses of matrices"
        ).bindMemory(to: UnsafeRawPointer.self, capacity: bases.count)
        for (index, base) in bases.enumerated() { matrices[index] = base }
        return MatrixProduct(
            format: try kernels.format(of: tensors[0]), tuning: kernels.tuning, matrices: UnsafePointer(matrices),
            isPacked: isPacked, stride: rows.stride, inputWidth: rows.width, outputWidth: rows.count,
            bias: try vector(bias), operations: kernels.operations)
    }

    /// The elements of a small weight in f32.
    func vector(_ weight: Weight) throws(ComputeError) -> UnsafePointer<Float> {
        let format = try kernels.format(of: weight)
        let tensor = try tensor(weight)
        let count = tensor.shape.elementCount
        let values = try memory.floats(count, for: weight.name)
        format.pointee.dequantize(count, try address(tensor), values)
        // Parts of vectors are elements; small weights of more dimensions are whole.
        return UnsafePointer(values + (weight.shape.dimensions.count == 1 ? weight.part?.lowerBound ?? 0 : 0))
    }

    func vector(_ weight: Weight?) throws(ComputeError) -> UnsafePointer<Float>? {
        guard let weight else { return nil }
        return try vector(weight) as UnsafePointer<Float>
    }

    /// A table of rows that are read one by one.
    func table(
        _ weight: Weight
    ) throws(ComputeError) -> (format: UnsafePointer<ck_format>, base: UnsafeRawPointer, stride: Int) {
        (try kernels.format(of: weight), try address(try tensor(weight)), try MatrixRows(weight).stride)
    }

    private func address(_ tensor: TensorView) throws(ComputeError) -> UnsafeRawPointer {
        guard let base = tensor.bytes.baseAddress else { throw .missingWeight(name: tensor.name) }
        return base
    }

    /// The tensor of `weight`, with bytes, and checked to be what the program says it is.
    private func tensor(_ weight: Weight) throws(ComputeError) -> TensorView {
        guard let tensor = source.tensor(named: weight.name) else { throw .missingWeight(name: weight.name) }
        guard weight.isHeld(by: tensor), tensor.bytes.baseAddress != nil else {
            throw .wrongShape(
                weight: weight.name, expected: "\(weight.shape) of \(weight.type.name)",
                found: "\(tensor.shape) of \(tensor.type.name) in \(tensor.bytes.count) bytes")
        }
        if !owners.contains(where: { $0 === tensor.owner }) { owners.append(tensor.owner) }
        return tensor
    }
}

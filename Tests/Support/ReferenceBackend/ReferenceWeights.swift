import CKernels
import Compute
import Tensors

/// The weights of a program in f32.
struct ReferenceWeights {
    private var values: [Weight: [Float]] = [:]

    init(_ program: Program, _ source: any WeightSource) throws(ComputeError) {
        for weight in program.steps.flatMap(\.weights) where values[weight] == nil {
            values[weight] = try Self.dequantize(weight, source)
        }
    }

    subscript(weight: Weight) -> [Float] { values[weight] ?? [] }

    private static func dequantize(_ weight: Weight, _ source: any WeightSource) throws(ComputeError) -> [Float] {
        guard let tensor = source.tensor(named: weight.name) else { throw .missingWeight(name: weight.name) }
        guard weight.isHeld(by: tensor) else {
            throw .wrongShape(
                weight: weight.name, expected: weight.shape.description, found: tensor.shape.description)
        }
        guard let table = ck_table_named("generic"), let format = ck_find_format(table, weight.type.ggufID) else {
            throw .unsupportedType(weight: weight.name, type: weight.type.name)
        }
        let count = tensor.shape.elementCount
        let whole = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            format.pointee.dequantize(count, tensor.bytes.baseAddress, buffer.baseAddress)
            initialized = count
        }
        guard let part = weight.part else { return whole }
        // A vector is one matrix with rows of one element.
        let dimensions = tensor.shape.dimensions
        let (width, rows) = dimensions.count == 1 ? (1, dimensions[0]) : (dimensions[0], dimensions[1])
        return stride(from: 0, to: count, by: width * rows).flatMap { matrix in
            whole[matrix + part.lowerBound * width..<matrix + part.upperBound * width]
        }
    }
}

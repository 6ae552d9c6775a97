import CKernels
import Compute
import Tensors

/// The weights of a program in f32, by name.
struct ReferenceWeights {
    private var values: [String: [Float]] = [:]

    init(_ program: Program, _ source: any WeightSource) throws(ComputeError) {
        for weight in program.steps.flatMap(\.weights) where values[weight.name] == nil {
            values[weight.name] = try Self.dequantize(weight, source)
        }
    }

    subscript(weight: Weight) -> [Float] { values[weight.name] ?? [] }

    private static func dequantize(_ weight: Weight, _ source: any WeightSource) throws(ComputeError) -> [Float] {
        guard let tensor = source.tensor(named: weight.name) else { throw .missingWeight(name: weight.name) }
        guard tensor.shape == weight.shape, tensor.type == weight.type,
            tensor.bytes.count == weight.type.byteCount(ofElements: weight.shape.elementCount)
        else {
            throw .wrongShape(
                weight: weight.name, expected: weight.shape.description, found: tensor.shape.description)
        }
        guard let table = ck_table_named("generic"), let format = ck_find_format(table, weight.type.ggufID) else {
            throw .unsupportedType(weight: weight.name, type: weight.type.name)
        }
        let count = weight.shape.elementCount
        return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            format.pointee.dequantize(count, tensor.bytes.baseAddress, buffer.baseAddress)
            initialized = count
        }
    }
}

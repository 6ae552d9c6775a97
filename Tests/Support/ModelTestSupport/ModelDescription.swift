import Compute
package import GGUF
package import Tensors
import TestSupport

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A small model's file without its tokenizer and its numbers: `Tests/Vectors/families/NAME.json`.
package struct ModelDescription: Decodable {
    /// A value with the name of its type.
    private struct TypedValue: Decodable {
        let value: GGUFValue

        private enum Kind: String, CodingKey {
            case string, bool, uint32, int32, float32, bools, int32s, uint32s, float32s
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Kind.self)
            guard let kind = container.allKeys.first else {
                throw DecodingError.dataCorrupted(
                    .init(codingPath: decoder.codingPath, debugDescription: "unknown type"))
            }
            func decoded<Value: Decodable>() throws -> Value { try container.decode(Value.self, forKey: kind) }
            value =
                switch kind {
                case .string: .string(try decoded())
                case .bool: .bool(try decoded())
                case .uint32: .uint32(try decoded())
                case .int32: .int32(try decoded())
                case .float32: .float32(try decoded())
                case .bools: .array(GGUFArray(try decoded() as [Bool]))
                case .int32s: .array(GGUFArray(try decoded() as [Int32]))
                case .uint32s: .array(GGUFArray(try decoded() as [UInt32]))
                case .float32s: .array(GGUFArray(try decoded() as [Float]))
                }
        }
    }

    /// A type and a shape.
    private struct Tensor: Decodable {
        let type: QuantizationType
        let shape: TensorShape

        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            let name = try container.decode(String.self)
            var dimensions: [Int] = []
            while !container.isAtEnd { dimensions.append(try container.decode(Int.self)) }
            guard let type = QuantizationType.named(name), let shape = TensorShape(dimensions) else {
                throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: name))
            }
            self.type = type
            self.shape = shape
        }
    }

    private enum Part: String, CodingKey { case metadata, tensors }

    package var metadata = GGUFMetadata()
    package var weights = DescribedWeights()

    package init(_ name: String) throws {
        self = try JSONDecoder().decode(Self.self, from: Vectors.data("families/\(name).json"))
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Part.self)
        let values = try container.decode([String: TypedValue].self, forKey: .metadata)
        for (key, value) in values.sorted(by: { $0.key < $1.key }) { metadata[key] = value.value }
        for (name, tensor) in try container.decode([String: Tensor].self, forKey: .tensors) {
            weights.shapes[name] = (tensor.type, tensor.shape)
        }
    }

    /// The model as a file.
    package func file() throws -> [UInt8] {
        var writer = GGUFWriter()
        writer.metadata = metadata
        for name in weights.shapes.keys.sorted() {
            if let tensor = weights.tensor(named: name) { try writer.add(tensor) }
        }
        return try writer.bytes()
    }
}

/// Tensors of given types and shapes that all hold the same numbers: of vectors about 1, of matrices about 0.
package struct DescribedWeights: WeightSource {
    private final class Numbers: @unchecked Sendable {
        static let vector = Numbers(in: 0.5...1.5)
        static let matrix = Numbers(in: -0.1...0.1)
        /// As much as the largest tensor takes.
        private static let byteCount = 4 << 20

        let buffer: UnsafeMutableRawBufferPointer

        private init(in range: ClosedRange<Float>) {
            var generator = SeededGenerator(seed: 1)
            let block = (0..<4096).map { _ in Float.random(in: range, using: &generator) }
            buffer = .allocate(byteCount: Self.byteCount, alignment: 64)
            block.withUnsafeBytes { block in
                for start in stride(from: 0, to: Self.byteCount, by: block.count) {
                    UnsafeMutableRawBufferPointer(rebasing: buffer[start..<start + block.count]).copyMemory(from: block)
                }
            }
        }
    }

    package var shapes: [String: (type: QuantizationType, shape: TensorShape)] = [:]

    /// Nil also for tensors that are too large for a test.
    package func tensor(named name: String) -> TensorView? {
        guard let (type, shape) = shapes[name] else { return nil }
        let numbers = shape.dimensions.count > 1 ? Numbers.matrix : Numbers.vector
        guard let count = type.byteCount(ofElements: shape.elementCount), count <= numbers.buffer.count else {
            return nil
        }
        return TensorView(
            name: name, type: type, shape: shape, bytes: UnsafeRawBufferPointer(rebasing: numbers.buffer[..<count]),
            owner: numbers)
    }
}

package import SystemPackage
package import Tensors

/// Writes a GGUF file: metadata first, then the descriptions of the tensors, then their data as they are produced.
package struct GGUFWriter: Sendable {
    /// Hands over a tensor's bytes piece by piece.
    package typealias Contents = @Sendable (_ sink: (UnsafeRawBufferPointer) throws -> Void) throws -> Void

    private struct Tensor: Sendable {
        let name: String
        let type: QuantizationType
        let shape: TensorShape
        let byteCount: Int
        let contents: Contents
    }

    package var version: UInt32 = 3
    /// `general.alignment` in here decides how the data are aligned.
    package var metadata = GGUFMetadata()
    private var tensors: [Tensor] = []

    package init() {}

    /// A model as it is, in one file where it is split.
    package init(copying file: GGUFFile) throws(GGUFError) {
        metadata = file.metadata
        for key in GGUFSplit.keys { metadata[key] = nil }
        for tensor in file.tensors { try add(tensor) }
    }

    /// Adds a tensor whose bytes `contents` produces when the file is written.
    package mutating func add(
        _ name: String, type: QuantizationType, shape: TensorShape, contents: @escaping Contents
    ) throws(GGUFError) {
        guard shape.dimensions.count <= 4, shape.rowLength % type.blockSize == 0,
            let byteCount = type.byteCount(ofElements: shape.elementCount)
        else {
            throw .badShape(tensor: name, reason: "of shape \(shape) cannot be stored as \(type.name)")
        }
        tensors.append(Tensor(name: name, type: type, shape: shape, byteCount: byteCount, contents: contents))
    }

    /// Adds a tensor of another file as it is.
    package mutating func add(_ tensor: TensorView) throws(GGUFError) {
        try add(tensor.name, type: tensor.type, shape: tensor.shape) { sink in
            try withExtendedLifetime(tensor.owner) { try sink(tensor.bytes) }
        }
    }

    /// Adds a tensor whose bytes are in memory.
    package mutating func add(
        _ name: String, type: QuantizationType, shape: TensorShape, bytes: [UInt8]
    ) throws(GGUFError) {
        try add(name, type: type, shape: shape) { sink in try bytes.withUnsafeBytes { try sink($0) } }
    }

    /// Writes to a new file at `path`, in place of one that is there.
    package func write(to path: FilePath) throws {
        let descriptor = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .truncate, .closeOnExec],
            permissions: [.ownerReadWrite, .groupRead, .otherRead])
        try descriptor.closeAfter {
            try write { try descriptor.writeAll($0) }
        }
    }

    /// The whole file in memory.
    package func bytes() throws -> [UInt8] {
        var result: [UInt8] = []
        try write { result += $0 }
        return result
    }

    /// Hands the file to `sink` piece by piece.
    package func write(to sink: (UnsafeRawBufferPointer) throws -> Void) throws {
        let alignment = try metadata.value("general.alignment", default: 32)
        guard alignment >= 8, alignment.nonzeroBitCount == 1 else { throw GGUFError.badAlignment("\(alignment)") }
        let padding = [UInt8](repeating: 0, count: alignment)
        func pad(after count: Int) throws {
            let rest = count % alignment
            guard rest != 0 else { return }
            try padding.withUnsafeBytes { try sink(UnsafeRawBufferPointer(rebasing: $0[..<(alignment - rest)])) }
        }
        let header = try header(alignment: alignment)
        try header.withUnsafeBytes { try sink($0) }
        try pad(after: header.count)
        for tensor in tensors {
            var written = 0
            try tensor.contents { piece in
                written += piece.count
                try sink(piece)
            }
            guard written == tensor.byteCount else {
                throw GGUFError.wrongByteCount(tensor: tensor.name, expected: tensor.byteCount, found: written)
            }
            try pad(after: written)
        }
    }

    private func header(alignment: Int) throws(GGUFError) -> [UInt8] {
        var header: [UInt8] = Array("GGUF".utf8)
        header.appendInteger(version)
        header.appendInteger(UInt64(tensors.count))
        header.appendInteger(UInt64(metadata.count))
        for key in metadata.keys {
            guard let value = metadata[key] else { continue }
            header.appendString(key)
            header.appendInteger(value.type.rawValue)
            header.appendValue(value)
        }
        var offset = 0
        for tensor in tensors {
            header.appendString(tensor.name)
            header.appendInteger(UInt32(tensor.shape.dimensions.count))
            for dimension in tensor.shape.dimensions { header.appendInteger(UInt64(dimension)) }
            header.appendInteger(tensor.type.ggufID)
            header.appendInteger(UInt64(offset))
            guard let end = (offset + tensor.byteCount).roundedUp(toMultipleOf: alignment) else {
                throw .badShape(tensor: tensor.name, reason: "is too large")
            }
            offset = end
        }
        return header
    }
}

extension [UInt8] {
    mutating func appendInteger(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }

    mutating func appendString(_ value: String) {
        appendInteger(UInt64(value.utf8.count))
        append(contentsOf: value.utf8)
    }

    /// A metadata value without its type.
    fileprivate mutating func appendValue(_ value: GGUFValue) {
        switch value {
        case .uint8(let value): appendInteger(value)
        case .int8(let value): appendInteger(value)
        case .uint16(let value): appendInteger(value)
        case .int16(let value): appendInteger(value)
        case .uint32(let value): appendInteger(value)
        case .int32(let value): appendInteger(value)
        case .uint64(let value): appendInteger(value)
        case .int64(let value): appendInteger(value)
        case .float32(let value): appendInteger(value.bitPattern)
        case .float64(let value): appendInteger(value.bitPattern)
        case .bool(let value): append(value ? 1 : 0)
        case .string(let value): appendString(value)
        case .array(let array):
            appendInteger(array.elementType.rawValue)
            appendInteger(UInt64(array.count))
            append(contentsOf: array.bytes)
        }
    }
}

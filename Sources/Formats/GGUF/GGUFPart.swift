import Tensors

/// One file in the GGUF format: a whole model, or one part of a split one.
struct GGUFPart: Sendable {
    let version: UInt32
    let metadata: GGUFMetadata
    /// In the file's order.
    let tensors: [TensorView]
    let alignment: Int
    let dataOffset: Int
    let bytesAfterTensors: Int
    let file: MappedFile

    /// Checks all of the file's description; the tensors' data are not read.
    init(_ file: MappedFile) throws(GGUFError) {
        self.file = file
        var reader = GGUFReader(file.bytes)
        version = try Self.readVersion(&reader)
        // A description of a tensor takes at least a name's length, a count of dimensions, a type and an offset.
        let tensorCount = try reader.count(minimumSize: 24, of: "the number of tensors")
        // A metadata entry takes at least a key's length, a type and a byte.
        let keyCount = try reader.count(minimumSize: 13, of: "the number of metadata entries")

        var metadata = GGUFMetadata()
        for _ in 0..<keyCount {
            let key = try reader.name(of: "a metadata key", longest: GGUFReader.longestKey)
            guard metadata[key] == nil else { throw .duplicateKey(key) }
            metadata[key] = try reader.value(key: key, owner: file)
        }
        self.metadata = metadata
        alignment = try Self.alignment(metadata)

        var descriptions: [TensorDescription] = []
        var names: Set<String> = []
        for _ in 0..<tensorCount {
            let description = try TensorDescription(&reader)
            guard names.insert(description.name).inserted else { throw .duplicateTensor(description.name) }
            descriptions.append(description)
        }
        guard let start = reader.offset.roundedUp(toMultipleOf: alignment) else {
            throw .badAlignment("\(alignment)")
        }
        dataOffset = start
        var tensors: [TensorView] = []
        for description in descriptions {
            tensors.append(try description.view(in: file, dataOffset: start, alignment: UInt64(alignment)))
        }
        self.tensors = tensors
        let dataEnd = try Self.endWithoutOverlaps(tensors, in: file.bytes) ?? start
        bytesAfterTensors = max(0, file.bytes.count - dataEnd)
    }

    private static func readVersion(_ reader: inout GGUFReader) throws(GGUFError) -> UInt32 {
        let magic = (try? reader.integer(UInt32.self, of: "the header")) ?? 0
        guard magic == 0x4655_4747 else { throw .notGGUF }
        let version = try reader.integer(UInt32.self, of: "the header")
        if version & 0xFFFF == 0, version != 0 { throw .bigEndian }
        guard (2...3).contains(version) else { throw .unsupportedVersion(version) }
        return version
    }

    private static func alignment(_ metadata: GGUFMetadata) throws(GGUFError) -> Int {
        let alignment = try metadata.value("general.alignment", default: UInt32(32))
        guard alignment >= 8, alignment.nonzeroBitCount == 1 else { throw .badAlignment("\(alignment)") }
        return Int(alignment)
    }

    /// Where the last tensor ends, bytes from the start of the file; nil where no tensor has bytes.
    private static func endWithoutOverlaps(
        _ tensors: [TensorView], in file: UnsafeRawBufferPointer
    ) throws(GGUFError) -> Int? {
        var ranges: [(start: UInt, end: UInt, name: String)] = []
        for tensor in tensors {
            guard let base = tensor.bytes.baseAddress, !tensor.bytes.isEmpty else { continue }
            let start = UInt(bitPattern: base)
            ranges.append((start, start + UInt(tensor.bytes.count), tensor.name))
        }
        ranges.sort { $0.start < $1.start }
        for (first, second) in zip(ranges, ranges.dropFirst()) where second.start < first.end {
            throw .overlappingTensors(first.name, second.name)
        }
        return ranges.last.map { Int($0.end - UInt(bitPattern: file.baseAddress)) }
    }
}

/// What the file says of a tensor.
private struct TensorDescription {
    /// ggml has four dimensions.
    static let mostDimensions: UInt32 = 4

    let name: String
    let type: QuantizationType
    let shape: TensorShape
    /// Bytes from the start of the data section.
    let offset: UInt64

    init(_ reader: inout GGUFReader) throws(GGUFError) {
        let name = try reader.name(of: "a tensor's name", longest: GGUFReader.longestTensorName)
        let part = { "the description of tensor '\(name)'" }
        let dimensionCount = try reader.integer(UInt32.self, of: part())
        guard dimensionCount <= Self.mostDimensions else {
            throw .badShape(tensor: name, reason: "has \(dimensionCount) dimensions")
        }
        var dimensions: [Int] = []
        for _ in 0..<dimensionCount {
            let dimension = try reader.integer(UInt64.self, of: part())
            guard let dimension = Int(exactly: dimension) else {
                throw .badShape(tensor: name, reason: "has a dimension of \(dimension)")
            }
            dimensions.append(dimension)
        }
        guard let shape = TensorShape(dimensions) else {
            throw .badShape(tensor: name, reason: "has too many elements")
        }
        let typeNumber = try reader.integer(UInt32.self, of: part())
        guard let type = QuantizationType.withGGUFID(typeNumber) else {
            throw .unknownTensorType(typeNumber, tensor: name)
        }
        self.name = name
        self.type = type
        self.shape = shape
        offset = try reader.integer(UInt64.self, of: part())
    }

    func view(in file: MappedFile, dataOffset: Int, alignment: UInt64) throws(GGUFError) -> TensorView {
        guard shape.rowLength % type.blockSize == 0, let size = type.byteCount(ofElements: shape.elementCount) else {
            throw .badShape(
                tensor: name, reason: "has rows of \(shape.rowLength), no multiple of a block of \(type.name)")
        }
        guard offset % alignment == 0 else { throw .misalignedTensor(name, offset: offset) }
        let available = max(0, file.bytes.count - dataOffset)
        guard let start = Int(exactly: offset), start <= available, size <= available - start else {
            guard size == 0 else { throw .tensorOutsideFile(name) }
            return view(of: UnsafeRawBufferPointer(start: nil, count: 0), in: file)
        }
        let first = dataOffset + start
        guard size > 0 else { return view(of: UnsafeRawBufferPointer(start: nil, count: 0), in: file) }
        return view(of: UnsafeRawBufferPointer(rebasing: file.bytes[first..<first + size]), in: file)
    }

    private func view(of bytes: UnsafeRawBufferPointer, in file: MappedFile) -> TensorView {
        TensorView(name: name, type: type, shape: shape, bytes: bytes, owner: file)
    }
}

extension Int {
    /// The next multiple of a power of two, or nil where it overflows.
    func roundedUp(toMultipleOf alignment: Int) -> Int? {
        let (sum, overflow) = addingReportingOverflow(alignment - 1)
        return overflow ? nil : sum & ~(alignment - 1)
    }
}

/// Unpacks DEFLATE data (RFC 1951) as a stream: input comes piece by piece, output leaves piece by piece.
package final class Inflater {
    package typealias Source = (UnsafeMutableRawBufferPointer) throws -> Int
    package typealias Sink = (UnsafeRawBufferPointer) throws -> Void

    private static let window = 32 << 10

    private let source: Source
    private let sink: Sink
    private let limit: Int

    private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 8)
    private var inputPosition = 0
    private var inputEnd = 0
    private var bits: UInt64 = 0
    private var bitCount = 0

    /// The window, then what has been unpacked since.
    private let output = UnsafeMutablePointer<UInt8>.allocate(capacity: 256 << 10)
    private let outputCapacity = 256 << 10
    private var outputPosition = 0
    private var outputDelivered = 0
    /// Bytes that have been unpacked and have left `output`.
    private var outputDropped = 0

    /// - Parameters:
    ///   - limit: the number of bytes that must come out.
    ///   - source: fills a buffer and returns how much it wrote; 0 at the end.
    package init(limit: Int, source: @escaping Source, sink: @escaping Sink) {
        self.limit = limit
        self.source = source
        self.sink = sink
    }

    deinit {
        input.deallocate()
        output.deallocate()
    }

    /// Unpacks everything.
    package func run() throws {
        var isLast = false
        while !isLast {
            isLast = try take(1) == 1
            switch try take(2) {
            case 0: try copyStored()
            case 1: try unpack(Self.fixedLiterals, Self.fixedDistances)
            case 2:
                let (literals, distances) = try readTables()
                try unpack(literals, distances)
            default: throw ArchiveError.badCompression("an unknown kind of block")
            }
        }
        try deliver()
        guard outputDropped + outputPosition == limit else {
            throw ArchiveError.badCompression("less data than announced")
        }
    }

    // MARK: Blocks

    private func copyStored() throws {
        drop(bitCount & 7)
        let length = try take(16)
        guard try take(16) == ~length & 0xFFFF else {
            throw ArchiveError.badCompression("a block of contradictory length")
        }
        for _ in 0..<length { try append(UInt8(try take(8))) }
    }

    private static let codeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

    private func readTables() throws -> (HuffmanTable, HuffmanTable) {
        let literalCount = Int(try take(5)) + 257
        let distanceCount = Int(try take(5)) + 1
        let codeCount = Int(try take(4)) + 4
        guard literalCount <= 286, distanceCount <= 30 else { throw ArchiveError.badCompression("too many symbols") }
        var codeLengths = [UInt8](repeating: 0, count: 19)
        for index in 0..<codeCount { codeLengths[Self.codeLengthOrder[index]] = UInt8(try take(3)) }
        let codes = try HuffmanTable(lengths: codeLengths[...])

        var lengths: [UInt8] = []
        while lengths.count < literalCount + distanceCount {
            let symbol = try decode(codes)
            switch symbol {
            case 0..<16: lengths.append(UInt8(symbol))
            case 16:
                guard let last = lengths.last else { throw ArchiveError.badCompression("a repetition of nothing") }
                lengths += repeatElement(last, count: 3 + Int(try take(2)))
            case 17: lengths += repeatElement(0, count: 3 + Int(try take(3)))
            default: lengths += repeatElement(0, count: 11 + Int(try take(7)))
            }
        }
        guard lengths.count == literalCount + distanceCount, lengths[256] > 0 else {
            throw ArchiveError.badCompression("wrong lengths of codes")
        }
        return (
            try HuffmanTable(lengths: lengths[..<literalCount]),
            try HuffmanTable(lengths: lengths[literalCount...], allowsIncomplete: true)
        )
    }

    private static let fixedLiterals = fixed(
        [UInt8](repeating: 8, count: 144) + [UInt8](repeating: 9, count: 112) + [UInt8](repeating: 7, count: 24)
            + [UInt8](repeating: 8, count: 8))
    private static let fixedDistances = fixed([UInt8](repeating: 5, count: 32))

    private static func fixed(_ lengths: [UInt8]) -> HuffmanTable {
        do {
            return try HuffmanTable(lengths: lengths[...])
        } catch {
            preconditionFailure("the fixed codes of DEFLATE are complete")
        }
    }

    private static let lengthBases: [UInt16] = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ]
    private static let lengthBits: [UInt8] = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    private static let distanceBases: [UInt16] = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
        6145,
        8193, 12289, 16385, 24577,
    ]

    private func unpack(_ literals: HuffmanTable, _ distances: HuffmanTable) throws {
        while true {
            let symbol = try decode(literals)
            if symbol < 256 {
                try append(UInt8(truncatingIfNeeded: symbol))
                continue
            }
            if symbol == 256 { return }
            let code = symbol - 257
            guard code < Self.lengthBases.count else { throw ArchiveError.badCompression("an unknown length") }
            let length = Int(Self.lengthBases[code]) + Int(try take(Int(Self.lengthBits[code])))
            let distanceCode = try decode(distances)
            guard distanceCode < Self.distanceBases.count else {
                throw ArchiveError.badCompression("an unknown distance")
            }
            let extra = distanceCode < 4 ? 0 : distanceCode / 2 - 1
            let distance = Int(Self.distanceBases[distanceCode]) + Int(try take(extra))
            try repeatOutput(length: length, distance: distance)
        }
    }

    // MARK: Bits

    /// Fills up to at least 48 bits, fewer only at the end of the input.
    private func refill() throws {
        while bitCount <= 56 {
            if inputPosition == inputEnd {
                inputEnd = try source(input)
                inputPosition = 0
                if inputEnd == 0 { return }
            }
            bits |= UInt64(input[inputPosition]) << UInt64(bitCount)
            inputPosition += 1
            bitCount += 8
        }
    }

    private func drop(_ count: Int) {
        bits >>= UInt64(count)
        bitCount -= count
    }

    private func take(_ count: Int) throws -> UInt64 {
        if bitCount < count {
            try refill()
            guard bitCount >= count else { throw ArchiveError.truncated }
        }
        let value = bits & (1 << UInt64(count) - 1)
        drop(count)
        return value
    }

    private func decode(_ table: HuffmanTable) throws -> Int {
        if bitCount < HuffmanTable.maximumLength { try refill() }
        let entry = table.entries[Int(truncatingIfNeeded: bits & (1 << UInt64(table.width) - 1))]
        let length = Int(entry & 15)
        guard length > 0 else { throw ArchiveError.badCompression("an unknown code") }
        guard length <= bitCount else { throw ArchiveError.truncated }
        drop(length)
        return Int(entry >> 4)
    }

    // MARK: Output

    private func append(_ byte: UInt8) throws {
        if outputPosition == outputCapacity { try makeRoom() }
        output[outputPosition] = byte
        outputPosition += 1
    }

    private func repeatOutput(length: Int, distance: Int) throws {
        guard distance <= outputPosition else { throw ArchiveError.badCompression("a distance before the start") }
        if outputPosition + length > outputCapacity { try makeRoom() }
        let destination = output + outputPosition
        let start = destination - distance
        if distance >= length {
            destination.update(from: start, count: length)
        } else {
            for index in 0..<length { destination[index] = start[index] }
        }
        outputPosition += length
    }

    /// Delivers what there is and keeps the window.
    private func makeRoom() throws {
        try deliver()
        let surplus = outputPosition - Self.window
        output.update(from: output + surplus, count: Self.window)
        outputDropped += surplus
        outputPosition = Self.window
        outputDelivered = Self.window
    }

    private func deliver() throws {
        guard outputDropped + outputPosition <= limit else {
            throw ArchiveError.badCompression("more data than announced")
        }
        let fresh = UnsafeRawBufferPointer(start: output + outputDelivered, count: outputPosition - outputDelivered)
        if !fresh.isEmpty { try sink(fresh) }
        outputDelivered = outputPosition
    }
}

import Compute

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The memory of an executable, freed with it. Pages that are never touched cost nothing.
final class BufferMemory {
    private var allocations: [(address: UnsafeMutableRawPointer, bytes: Int)] = []
    private(set) var byteCount = 0

    private static let hugePage = 1 << 21

    /// `count × size` bytes of zeros, aligned to a page; in huge pages where the system has them and many bytes are asked for.
    func allocate(_ count: Int, of size: Int, for purpose: String) throws(ComputeError) -> UnsafeMutableRawPointer {
        let (bytes, overflow) = max(1, count).multipliedReportingOverflow(by: max(1, size))
        guard !overflow,
            let address = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            address != MAP_FAILED
        else { throw .outOfMemory(bytes: overflow ? .max : bytes, purpose: purpose) }
        #if os(Linux)
            if bytes >= 2 * Self.hugePage { madvise(address, bytes, MADV_HUGEPAGE) }
        #endif
        allocations.append((address, bytes))
        byteCount += bytes
        return address
    }

    /// `bytes` bytes of zeros from the beginning of a huge page on; nil where there is no memory.
    func allocateTable(_ bytes: Int) -> UnsafeMutableRawPointer? {
        guard bytes <= .max - Self.hugePage, let address = try? allocate(bytes + Self.hugePage, of: 1, for: "a table")
        else { return nil }
        let start = (UInt(bitPattern: address) + UInt(Self.hugePage) - 1) & ~(UInt(Self.hugePage) - 1)
        return UnsafeMutableRawPointer(bitPattern: start)
    }

    func floats(_ count: Int, for purpose: String) throws(ComputeError) -> UnsafeMutablePointer<Float> {
        try allocate(count, of: MemoryLayout<Float>.stride, for: purpose).assumingMemoryBound(to: Float.self)
    }

    deinit {
        for allocation in allocations { munmap(allocation.address, allocation.bytes) }
    }
}

extension Int {
    /// The product, or `outOfMemory` where it overflows.
    func times(_ other: Int, for purpose: String) throws(ComputeError) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        guard !overflow, product >= 0 else { throw .outOfMemory(bytes: .max, purpose: purpose) }
        return product
    }

    /// The next multiple of a cache line.
    var roundedUpToCacheLine: Int { (self + 63) & ~63 }

    func dividedRoundingUp(by divisor: Int) -> Int { (self + divisor - 1) / divisor }
}

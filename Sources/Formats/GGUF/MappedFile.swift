package import SystemPackage
package import Tensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Read-only bytes that stay where they are until the last reference goes: a mapped file, or a copy in memory.
///
/// What a mapped file holds no more when it is read, since somebody cut it or its disk failed, reads as zeros; `isIntact`
/// is false from then on.
package final class MappedFile: @unchecked Sendable {
    package let bytes: UnsafeRawBufferPointer
    /// Nil for a copy in memory.
    private let guarded: MappingGuard.Place?

    /// Maps the regular file at `path`; its size is read once.
    package init(contentsOf path: FilePath) throws(GGUFError) {
        func failure(_ error: Errno) -> GGUFError { .cannotOpen(path: path.string, reason: error.description) }
        let descriptor: FileDescriptor
        do {
            descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
        } catch {
            throw failure((error as? Errno) ?? .ioError)
        }
        defer { try? descriptor.close() }
        var status = stat()
        guard fstat(descriptor.rawValue, &status) == 0 else { throw failure(Errno(rawValue: errno)) }
        guard status.st_mode & S_IFMT == S_IFREG, let size = Int(exactly: status.st_size) else {
            throw .cannotOpen(path: path.string, reason: "not a regular file")
        }
        guard size > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            guarded = nil
            return
        }
        guard let start = mmap(nil, size, PROT_READ, MAP_SHARED, descriptor.rawValue, 0), start != MAP_FAILED else {
            throw failure(Errno(rawValue: errno))
        }
        bytes = UnsafeRawBufferPointer(start: start, count: size)
        guard let place = MappingGuard.shared.add(bytes) else {
            munmap(start, size)
            throw .cannotOpen(path: path.string, reason: "too many model files are open; try again later")
        }
        guarded = place
    }

    /// A copy of `source` in memory, aligned as a page is.
    package init(copying source: some Collection<UInt8>) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: source.count, alignment: 4096)
        copy.copyBytes(from: source)
        bytes = UnsafeRawBufferPointer(copy)
        guarded = nil
    }

    deinit {
        if let guarded, let start = bytes.baseAddress {
            MappingGuard.shared.remove(guarded)
            munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
        } else {
            bytes.deallocate()
        }
    }
}

extension MappedFile: PagedMemory {
    package var isIntact: Bool { guarded.map(MappingGuard.shared.isIntact) ?? true }

    package func willRead(_ bytes: UnsafeRawBufferPointer) {
        guard let pages = pages(of: bytes, whole: false) else { return }
        madvise(pages.start, pages.count, MADV_WILLNEED)
    }

    package func release(_ bytes: UnsafeRawBufferPointer) {
        guard let pages = pages(of: bytes, whole: true) else { return }
        madvise(pages.start, pages.count, MADV_DONTNEED)
    }

    /// The pages that `bytes` cover, or touch, of the mapping; nil where there are none, as of a copy in memory.
    private func pages(of bytes: UnsafeRawBufferPointer, whole: Bool) -> (start: UnsafeMutableRawPointer, count: Int)? {
        guard guarded != nil, let base = self.bytes.baseAddress, let first = bytes.baseAddress else { return nil }
        let page = Int(getpagesize())
        let start = first - base
        guard start >= 0, bytes.count <= self.bytes.count, start <= self.bytes.count - bytes.count else { return nil }
        let end = start + bytes.count
        let firstPage = (whole ? start + page - 1 : start) / page
        let endPage = (whole ? end : end + page - 1) / page
        guard firstPage < endPage else { return nil }
        return (UnsafeMutableRawPointer(mutating: base + firstPage * page), (endPage - firstPage) * page)
    }
}

import Generation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What this process holds in memory, where the system says so in `/proc`.
package enum ProcessMemory {
    /// The peak of resident memory in bytes, mapped files included.
    package static var peakBytes: Int? { bytes("VmHWM:") }
    /// Resident bytes that no file backs.
    package static var anonymousBytes: Int? { bytes("RssAnon:") }

    private static func bytes(_ label: String) -> Int? {
        KernelFile.text("/proc/self/status").flatMap { KernelFile.number(after: label, in: $0) }.map { $0 * 1024 }
    }

    /// Gives pages back that the C library keeps although nothing on them is in use. Does nothing where that library has no
    /// `malloc_trim`, as Musl and Darwin; it is looked up by name, since Swift's Glibc module leaves it out.
    package static func returnUnused() {
        typealias Trim = @convention(c) (Int) -> CInt
        guard let symbol = dlsym(nil, "malloc_trim") else { return }
        _ = unsafeBitCast(symbol, to: Trim.self)(0)
    }
}

import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Keeps the process alive when a mapped file cannot be read any more, because it was cut or its disk failed.
///
/// The system answers such a read with SIGBUS on the thread that reads. The handler of the guard puts zeros in place of the
/// rest of the mapping and marks the mapping as damaged, and the read goes on; who computes with the mapping asks
/// `isIntact` afterwards and discards its results.
///
/// The handler may interrupt any thread, also one that adds or removes a mapping, and run on several threads at once. So it
/// takes no lock and allocates nothing: places are claimed, and read by the handler, with atomic operations alone. A
/// mapping is removed before it is unmapped, when nobody reads it, so that a place never describes memory of others.
final class MappingGuard: Sendable {
    /// A mapping that is guarded, until `remove`.
    struct Place: Sendable {
        fileprivate let index: Int
    }

    private struct Mapping: ~Copyable, Sendable {
        /// 0 where the place is free.
        let start = Atomic<UInt>(0)
        let end = Atomic<UInt>(0)
        let isDamaged = Atomic<Bool>(false)
    }

    private static let capacity = 1024
    static let shared = MappingGuard()

    private let mappings: Mappings
    private let previousAction: sigaction

    private struct Mappings: @unchecked Sendable {
        let base: UnsafeMutablePointer<Mapping>
    }

    private init() {
        let base = UnsafeMutablePointer<Mapping>.allocate(capacity: Self.capacity)
        for index in 0..<Self.capacity { (base + index).initialize(to: Mapping()) }
        mappings = Mappings(base: base)
        var action = sigaction()
        action.setHandler(mappingFault)
        action.sa_flags = CInt(SA_SIGINFO)
        var previous = sigaction()
        sigaction(SIGBUS, &action, &previous)
        previousAction = previous
    }

    /// Nil where all places are taken.
    func add(_ bytes: UnsafeRawBufferPointer) -> Place? {
        let start = UInt(bitPattern: bytes.baseAddress)
        for index in 0..<Self.capacity {
            let mapping = mappings.base + index
            // The end is 0 until it is set, so that the handler sees no range that is half new.
            guard
                mapping.pointee.start.compareExchange(expected: 0, desired: start, ordering: .acquiringAndReleasing)
                    .exchanged
            else { continue }
            mapping.pointee.isDamaged.store(false, ordering: .relaxed)
            mapping.pointee.end.store(start + UInt(bytes.count), ordering: .releasing)
            return Place(index: index)
        }
        return nil
    }

    func remove(_ place: Place) {
        let mapping = mappings.base + place.index
        mapping.pointee.end.store(0, ordering: .releasing)
        mapping.pointee.start.store(0, ordering: .releasing)
    }

    /// Whether every read of the mapping so far got what is in the file.
    func isIntact(_ place: Place) -> Bool {
        !(mappings.base + place.index).pointee.isDamaged.load(ordering: .acquiring)
    }

    /// Called by the signal handler.
    /// - Returns: false where `address` is in no mapping; then the system is to do what it did before.
    fileprivate func absorb(_ address: UInt) -> Bool {
        for index in 0..<Self.capacity {
            let mapping = mappings.base + index
            let start = mapping.pointee.start.load(ordering: .acquiring)
            let end = mapping.pointee.end.load(ordering: .acquiring)
            guard start != 0, address >= start, address < end else { continue }
            let page = address & ~(UInt(getpagesize()) - 1)
            let zeros = mmap(
                UnsafeMutableRawPointer(bitPattern: page), Int(end - page), PROT_READ,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0)
            guard zeros != MAP_FAILED else { return false }
            mapping.pointee.isDamaged.store(true, ordering: .releasing)
            return true
        }
        return false
    }

    fileprivate func restorePreviousAction() {
        var action = previousAction
        sigaction(SIGBUS, &action, nil)
    }
}

/// The handler of SIGBUS. Without a mapping at the address the instruction runs again, under the action of before.
private func mappingFault(
    _ signal: CInt, _ info: UnsafeMutablePointer<siginfo_t>?, _ context: UnsafeMutableRawPointer?
) {
    let error = errno
    if info.map({ MappingGuard.shared.absorb($0.pointee.faultAddress) }) != true {
        MappingGuard.shared.restorePreviousAction()
    }
    errno = error
}

extension siginfo_t {
    fileprivate var faultAddress: UInt {
        #if canImport(Glibc)
            UInt(bitPattern: _sifields._sigfault.si_addr)
        #elseif canImport(Musl)
            UInt(bitPattern: __si_fields.__sigfault.si_addr)
        #else
            UInt(bitPattern: si_addr)
        #endif
    }
}

extension sigaction {
    fileprivate mutating func setHandler(
        _ handler: @escaping @convention(c) (CInt, UnsafeMutablePointer<siginfo_t>?, UnsafeMutableRawPointer?) -> Void
    ) {
        #if canImport(Glibc)
            __sigaction_handler.sa_sigaction = handler
        #elseif canImport(Musl)
            __sa_handler.sa_sigaction = handler
        #else
            __sigaction_u.__sa_sigaction = handler
        #endif
    }
}

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

enum ProcessCheck {
    /// Whether a process has ended, waited for or not.
    static func isGone(_ process: Int32) -> Bool {
        kill(process, 0) != 0
    }
}

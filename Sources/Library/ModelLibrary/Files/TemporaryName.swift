#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Names of files that are being written. They begin with a dot, which no part of a model's name and no blob does.
enum TemporaryName {
    private static let prefix = ".apus-"

    static func make() -> String {
        "\(prefix)\(getpid())-\(String(UInt64.random(in: .min ... .max), radix: 16))"
    }

    static func matches(_ name: String) -> Bool { name.hasPrefix(prefix) }
}

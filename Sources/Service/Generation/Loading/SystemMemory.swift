import SystemPackage

/// How much memory this machine, or the container that we run in, can still give.
package struct SystemMemory: Sendable {
    /// Reads a small file of the kernel; nil where there is none.
    private let read: @Sendable (String) -> String?

    package init() {
        self.init { path in
            guard let file = try? FileDescriptor.open(FilePath(path), .readOnly) else { return nil }
            defer { try? file.close() }
            var bytes = [UInt8](repeating: 0, count: 1 << 16)
            var count = 0
            while count < bytes.count {
                let room = count
                guard
                    let more = try? bytes.withUnsafeMutableBytes({
                        try file.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[room...]))
                    }), more > 0
                else { break }
                count += more
            }
            return String(decoding: bytes[..<count], as: UTF8.self)
        }
    }

    package init(read: @escaping @Sendable (String) -> String?) {
        self.read = read
    }

    /// Bytes that can be had without swapping; pages of files count, as they can be dropped. Nil where that is unknown.
    package var availableBytes: Int? {
        [machineBytes, containerBytes].compactMap { $0 }.min()
    }

    private var machineBytes: Int? {
        read("/proc/meminfo").flatMap { Self.number(after: "MemAvailable:", in: $0) }.map { $0 * 1024 }
    }

    private var containerBytes: Int? {
        let folder = "/sys/fs/cgroup/"
        guard let limit = read(folder + "memory.max").flatMap({ Self.leadingNumber($0[...]) }),
            let used = read(folder + "memory.current").flatMap({ Self.leadingNumber($0[...]) })
        else { return nil }
        let statistics = read(folder + "memory.stat") ?? ""
        let droppable = ["inactive_file ", "active_file "].reduce(0) {
            $0 + (Self.number(after: $1, in: statistics) ?? 0)
        }
        return max(limit - used + min(droppable, used), 0)
    }

    private static func number(after key: String, in text: String) -> Int? {
        for line in text.split(separator: "\n") where line.hasPrefix(key) {
            return leadingNumber(line.dropFirst(key.count))
        }
        return nil
    }

    private static func leadingNumber(_ text: Substring) -> Int? {
        Int(text.drop { $0 == " " || $0 == "\t" }.prefix { $0.isASCII && $0.isNumber })
    }
}

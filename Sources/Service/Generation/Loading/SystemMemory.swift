/// How much memory this machine, or the container that we run in, can still give.
package struct SystemMemory: Sendable {
    /// Reads a small file of the kernel; nil where there is none.
    private let read: @Sendable (String) -> String?

    package init() {
        self.init(read: { KernelFile.text($0) })
    }

    package init(read: @escaping @Sendable (String) -> String?) {
        self.read = read
    }

    /// Bytes that can be had without swapping; pages of files count, as they can be dropped. Nil where that is unknown.
    package var availableBytes: Int? {
        [machineBytes, containerBytes].compactMap { $0 }.min()
    }

    private var machineBytes: Int? {
        read("/proc/meminfo").flatMap { KernelFile.number(after: "MemAvailable:", in: $0) }.map { $0 * 1024 }
    }

    private var containerBytes: Int? {
        let folder = "/sys/fs/cgroup/"
        guard let limit = read(folder + "memory.max").flatMap({ KernelFile.leadingNumber($0[...]) }),
            let used = read(folder + "memory.current").flatMap({ KernelFile.leadingNumber($0[...]) })
        else { return nil }
        let statistics = read(folder + "memory.stat") ?? ""
        let droppable = ["inactive_file ", "active_file "].reduce(0) {
            $0 + (KernelFile.number(after: $1, in: statistics) ?? 0)
        }
        return max(limit - used + min(droppable, used), 0)
    }
}

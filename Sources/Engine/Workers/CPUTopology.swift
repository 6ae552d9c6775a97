#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How many cores this process may use well.
package struct CPUTopology: Sendable {
    /// Physical performance cores that the process may run on, cut to what its control group allows; at least 1.
    /// Sibling threads of a core add nothing to products that saturate it.
    package let workerCount: Int

    package static let current = CPUTopology()

    #if canImport(Darwin)
        private init() {
            workerCount = max(1, Self.number("hw.perflevel0.physicalcpu") ?? Self.number("hw.physicalcpu") ?? 1)
        }

        private static func number(_ name: String) -> Int? {
            var value: Int32 = 0
            var size = MemoryLayout<Int32>.size
            return sysctlbyname(name, &value, &size, nil, 0) == 0 ? Int(value) : nil
        }
    #else
        private init() {
            self.init(read: Self.contents)
        }
    #endif

    /// `read` gives the contents of a file of Linux's `/sys` and `/proc`.
    package init(read: (String) -> String?) {
        var cpus = Self.allowedCPUs(read)
        if let performance = read("/sys/devices/cpu_core/cpus").map(Self.cpuList), !performance.isEmpty {
            let kept = cpus.filter { performance.contains($0) }
            if !kept.isEmpty { cpus = kept }
        }
        let capacities = cpus.map { cpu in
            read("/sys/devices/system/cpu/cpu\(cpu)/cpu_capacity").flatMap { Int(Self.firstLine($0)) } ?? 0
        }
        // Cores of less than half the best one's speed would only be waited for.
        let best = capacities.max() ?? 0
        cpus = zip(cpus, capacities).filter { $1 * 2 >= best }.map(\.0)
        let cores = Set(
            cpus.map { cpu in
                read("/sys/devices/system/cpu/cpu\(cpu)/topology/thread_siblings_list").map(Self.cpuList)?.first ?? cpu
            })
        let quota = Self.quota(read) ?? .infinity
        workerCount = max(1, min(cores.count, quota < 1_000_000 ? Int(quota) : .max))
    }

    /// The affinity of the process, which other ways of asking need extensions for.
    private static func allowedCPUs(_ read: (String) -> String?) -> [Int] {
        let label = "Cpus_allowed_list:"
        let lines = (read("/proc/self/status") ?? "").split(separator: "\n")
        guard let line = lines.first(where: { $0.hasPrefix(label) }) else { return [] }
        return cpuList(String(line.dropFirst(label.count).drop { $0 == "\t" || $0 == " " }))
    }

    /// CPUs' worth of time that control groups grant: the least of the process's group and those around it.
    private static func quota(_ read: (String) -> String?) -> Double? {
        var limits: [Double] = []
        for line in (read("/proc/self/cgroup") ?? "0::/").split(separator: "\n") {
            // hierarchy:controllers:path; version 2 has one hierarchy, which names no controllers.
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let controllers = fields[1].split(separator: ",")
            for folder in groups(String(fields[2])) {
                if controllers.isEmpty {
                    limits += ratio(read("/sys/fs/cgroup\(folder)/cpu.max"))
                } else if controllers.contains("cpu") {
                    let quota = read("/sys/fs/cgroup/cpu\(folder)/cpu.cfs_quota_us").map(firstLine) ?? ""
                    let period = read("/sys/fs/cgroup/cpu\(folder)/cpu.cfs_period_us").map(firstLine) ?? ""
                    limits += ratio("\(quota) \(period)")
                }
            }
        }
        return limits.min()
    }

    /// The group at `path` and those around it, the root as an empty path. In a container whose own group is mounted as
    /// the root, the outer ones do not exist there.
    private static func groups(_ path: String) -> [String] {
        var result = [""]
        for part in path.split(separator: "/") { result.append("\(result[result.count - 1])/\(part)") }
        return result
    }

    /// `quota period` in microseconds as CPUs; nothing where the quota is `max` or -1.
    private static func ratio(_ text: String?) -> [Double] {
        let fields = firstLine(text ?? "").split(separator: " ").compactMap { Double($0) }
        return fields.count == 2 && fields[0] > 0 && fields[1] > 0 ? [fields[0] / fields[1]] : []
    }

    /// Linux's notation of CPU sets: `0-3,8`.
    private static func cpuList(_ text: String) -> [Int] {
        firstLine(text).split(separator: ",").flatMap { part -> [Int] in
            let ends = part.split(separator: "-").compactMap { Int($0) }
            guard let first = ends.first, let last = ends.last, first <= last, last < 65_536 else { return [] }
            return Array(first...last)
        }
    }

    private static func firstLine(_ text: String) -> Substring { text.prefix { $0 != "\n" } }

    private static func contents(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(file, &buffer, buffer.count)
        return count >= 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }
}

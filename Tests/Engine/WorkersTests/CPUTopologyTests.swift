import Testing
import Workers

@Suite("The number of workers")
struct CPUTopologyTests {
    private func workers(_ files: [String: String]) -> Int {
        CPUTopology { files[$0] }.workerCount
    }

    private let status = "/proc/self/status"

    @Test("is one a core that the process may use")
    func affinity() {
        #expect(workers([status: "Name:\tapus\nCpus_allowed_list:\t0-3,8\n"]) == 5)
        #expect(workers([:]) == 1)
        #expect(workers([status: "Cpus_allowed_list:\tgarbage\n"]) == 1)
    }

    @Test("counts sibling threads of a core once")
    func siblings() {
        var files = [status: "Cpus_allowed_list:\t0-7\n"]
        for cpu in 0..<8 {
            files["/sys/devices/system/cpu/cpu\(cpu)/topology/thread_siblings_list"] = "\(cpu % 4),\(cpu % 4 + 4)\n"
        }
        #expect(workers(files) == 4)
    }

    @Test("leaves out efficiency cores")
    func hybrid() {
        #expect(workers([status: "Cpus_allowed_list:\t0-11\n", "/sys/devices/cpu_core/cpus": "0-3\n"]) == 4)
        var arm = [status: "Cpus_allowed_list:\t0-7\n"]
        for cpu in 0..<8 { arm["/sys/devices/system/cpu/cpu\(cpu)/cpu_capacity"] = cpu < 6 ? "381\n" : "1024\n" }
        #expect(workers(arm) == 2)
    }

    @Test("obeys the tightest quota of the process's control groups")
    func quota() {
        var files = [
            status: "Cpus_allowed_list:\t0-15\n", "/proc/self/cgroup": "0::/system.slice/apus.service\n",
            "/sys/fs/cgroup/system.slice/apus.service/cpu.max": "max 100000\n",
            "/sys/fs/cgroup/system.slice/cpu.max": "350000 100000\n",
        ]
        #expect(workers(files) == 3)
        files["/sys/fs/cgroup/cpu.max"] = "50000 100000\n"
        #expect(workers(files) == 1)
    }

    @Test("obeys quotas of control groups of version 1, of the process's group or of the root that a container sees")
    func quotaOfVersion1() {
        let period = ["/sys/fs/cgroup/cpu/cpu.cfs_period_us", "/sys/fs/cgroup/cpu/docker/a1/cpu.cfs_period_us"]
        var files = Dictionary(uniqueKeysWithValues: period.map { ($0, "100000\n") })
        files[status] = "Cpus_allowed_list:\t0-15\n"
        files["/proc/self/cgroup"] = "4:memory:/docker/a1\n3:cpu,cpuacct:/docker/a1\n0::/docker/a1\n"
        files["/sys/fs/cgroup/cpu/cpu.cfs_quota_us"] = "-1\n"
        #expect(workers(files) == 16)
        files["/sys/fs/cgroup/cpu/docker/a1/cpu.cfs_quota_us"] = "650000\n"
        #expect(workers(files) == 6)
        files["/sys/fs/cgroup/cpu/cpu.cfs_quota_us"] = "200000\n"
        #expect(workers(files) == 2)
        files["/proc/self/cgroup"] = "nonsense\n3:cpu\n"
        #expect(workers(files) == 16)
    }

    @Test("grows with the machine to 128 cores, whatever the numbers of their siblings", arguments: [2, 8, 64, 128])
    func large(cores: Int) {
        var files = [status: "Cpus_allowed_list:\t0-\(2 * cores - 1)\n"]
        for cpu in 0..<2 * cores {
            let core = cpu % cores
            files["/sys/devices/system/cpu/cpu\(cpu)/topology/thread_siblings_list"] = "\(core),\(core + cores)\n"
        }
        #expect(workers(files) == cores)
        // A container that may use the second sibling of each core has as many cores.
        files[status] = "Cpus_allowed_list:\t\(cores)-\(2 * cores - 1)\n"
        #expect(workers(files) == cores)
        for cpu in 0..<2 * cores {
            let first = cpu / 2 * 2
            files["/sys/devices/system/cpu/cpu\(cpu)/topology/thread_siblings_list"] = "\(first)-\(first + 1)\n"
        }
        files[status] = "Cpus_allowed_list:\t0-\(cores - 1)\n"
        #expect(workers(files) == max(1, cores / 2))
    }
}

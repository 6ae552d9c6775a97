import Compute
import Generation
import Testing

@Suite("Memory is planned before it is taken")
struct MemoryTests {
    private let megabyte = 1_000_000

    private func planner(context: Int = 4096, parallel: Int = 4) -> MemoryPlanner {
        MemoryPlanner(
            weightBytes: 1000 * megabyte, blockBytes: megabyte, contextLength: context, parallelSequences: parallel)
    }

    @Test("with room for all, every sequence can be as long as the context")
    func ample() throws {
        let plan = try planner().plan(availableBytes: 100_000 * megabyte, model: "m")
        #expect(plan.limits.blockCount == 4 * 128)
        #expect(plan.limits.contextLength == 4096)
        #expect(plan.limits.maximumOutputs == 16)
        #expect(plan.totalBytes == 1512 * megabyte)
    }

    @Test("with less, sequences share half of what the weights leave")
    func shared() throws {
        let plan = try planner().plan(availableBytes: 1600 * megabyte, model: "m")
        #expect(plan.limits.blockCount == 300)
    }

    @Test("one sequence at full length is the least; without room for it the model is refused with the sizes")
    func least() throws {
        #expect(try planner().plan(availableBytes: 1128 * megabyte, model: "m").limits.blockCount == 128)
        #expect(
            throws: GenerationError.outOfMemory(
                model: "m",
                reason: "it needs 1.0 GB for its weights and 128 MB for a context of 4096 tokens, and 1.1 GB are "
                    + "available; use a smaller model or num_ctx")
        ) {
            try planner().plan(availableBytes: 1127 * megabyte, model: "m")
        }
    }

    @Test("weights are packed where their copies and the cache leave an eighth of the memory")
    func packing() throws {
        var planner = planner(parallel: 1)
        planner.packedBytes = 1001 * megabyte
        // 1000 for the weights and 128 for the cache are seven eighths of this.
        let least = (1128 * megabyte * 8 + 6) / 7
        for (repacking, availableBytes, packs) in [
            (Repacking.auto, least, true), (.auto, least - 8, false), (.auto, .max, true), (.never, .max, false),
            (.always, 1128 * megabyte, true),
        ] {
            planner.repacking = repacking
            let plan = try planner.plan(availableBytes: availableBytes, model: "m")
            #expect(plan.limits.packsWeights == packs, "\(repacking) of \(availableBytes)")
            #expect(plan.packedBytes == (packs ? 1001 * megabyte : 0))
            // The copies take the place of what is in the file.
            #expect(plan.totalBytes == 1128 * megabyte)
        }
        planner.packedBytes = 0
        planner.repacking = .always
        #expect(try !planner.plan(availableBytes: .max, model: "m").limits.packsWeights)
    }

    @Test("sizes that cannot be are refused, not computed")
    func overflow() {
        #expect(throws: GenerationError.self) {
            try planner(context: Int.max).plan(availableBytes: Int.max, model: "m")
        }
    }

    @Test("what a container may still take counts where it is less than the machine's")
    func container() {
        let files = [
            "/proc/meminfo": "MemTotal:  8000000 kB\nMemAvailable:    4000000 kB\n",
            "/sys/fs/cgroup/memory.max": "2000000000\n", "/sys/fs/cgroup/memory.current": "1500000000\n",
            "/sys/fs/cgroup/memory.stat": "anon 1\ninactive_file 300000000\nactive_file 100000000\n",
        ]
        #expect(SystemMemory { files[$0] }.availableBytes == 900_000_000)
        #expect(SystemMemory { $0.hasPrefix("/proc") ? files[$0] : nil }.availableBytes == 4_096_000_000)
        #expect(SystemMemory { $0.hasSuffix("max") ? "max\n" : files[$0] }.availableBytes == 4_096_000_000)
        #expect(SystemMemory { _ in nil }.availableBytes == nil)
        #expect(SystemMemory().availableBytes.map { $0 > 0 } ?? true)
    }
}

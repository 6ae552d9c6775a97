import Compute
import Generation
import Testing

@Suite("Memory is planned before it is taken")
struct MemoryTests {
    private let megabyte = 1_000_000

    private func planner(context: Int = 4096, parallel: Int = 4) -> MemoryPlanner {
        MemoryPlanner(
            weightBytes: 1000 * megabyte, footprint: Footprint(blockBytes: [megabyte]), contextLength: context,
            parallelSequences: parallel)
    }

    @Test("with room for all, every sequence can be as long as the context")
    func ample() throws {
        let plan = try planner().plan(availableBytes: 100_000 * megabyte, model: "m")
        #expect(plan.limits.blockCounts == [4 * 128])
        #expect(plan.limits.contextLength == 4096)
        #expect(plan.limits.maximumOutputs == 16)
        #expect(plan.totalBytes == 1512 * megabyte)
    }

    @Test("with less, sequences share half of what the weights leave")
    func shared() throws {
        let plan = try planner().plan(availableBytes: 1600 * megabyte, model: "m")
        #expect(plan.limits.blockCounts == [300])
    }

    @Test("one sequence at full length is the least; without room for it the model is refused with the sizes")
    func least() throws {
        #expect(try planner().plan(availableBytes: 1128 * megabyte, model: "m").limits.blockCounts == [128])
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
        planner.footprint.copyBytes = 1001 * megabyte
        // 1000 for the weights and 128 for the cache are seven eighths of this.
        let least = (1128 * megabyte * 8 + 6) / 7
        for (repacking, availableBytes, packs) in [
            (Repacking.auto, least, true), (.auto, least - 8, false), (.auto, .max, true), (.never, .max, false),
            (.always, 1128 * megabyte, true),
        ] {
            planner.repacking = repacking
            let plan = try planner.plan(availableBytes: availableBytes, model: "m")
            #expect(plan.limits.copiesWeights == packs, "\(repacking) of \(availableBytes)")
            #expect(plan.copyBytes == (packs ? 1001 * megabyte : 0))
            // The copies take the place of what is in the file.
            #expect(plan.totalBytes == 1128 * megabyte)
        }
        planner.footprint.copyBytes = 0
        planner.repacking = .always
        #expect(try !planner.plan(availableBytes: .max, model: "m").limits.copiesWeights)
    }

    /// Gemma 3's 4B model: a full layer among six, windows of 1024, keys and values of 4 heads of 256 elements in f16.
    private func gemma(context: Int, parallel: Int) -> MemoryPlanner {
        let layerBytes = 32 * 4 * 2 * 256 * 2
        return MemoryPlanner(
            weightBytes: 2_500 * megabyte, footprint: Footprint(blockBytes: [5 * layerBytes, 29 * layerBytes]),
            policies: [.full, .window(1024)], contextLength: context, parallelSequences: parallel)
    }

    @Test("a window takes what it needs for its sequences, whatever the context")
    func windows() throws {
        for context in [4_096, 32_768, 131_072] {
            let plan = try gemma(context: context, parallel: 1).plan(availableBytes: .max, model: "m")
            // Twice 1023 positions before a row and the row itself, at most 33 blocks, and a batch's 512 rows.
            #expect(plan.limits.blockCounts == [context / 32, 2 * 33 + 16])
        }
        // A context that is shorter than the window: no more than its own blocks.
        let short = try gemma(context: 512, parallel: 2).plan(availableBytes: .max, model: "m")
        #expect(short.limits.blockCounts == [32, 32])
        // One sequence of 32768 tokens takes a fifth of what it would take without windows.
        let long = try gemma(context: 32_768, parallel: 1).plan(availableBytes: .max, model: "m")
        var all = gemma(context: 32_768, parallel: 1)
        all.policies = [.full, .full]
        #expect(try 4 * long.cacheBytes < all.plan(availableBytes: .max, model: "m").cacheBytes)
    }

    @Test("windows and states leave half of the cache's memory to the full groups, and one sequence always fits")
    func sharing() throws {
        let planner = gemma(context: 32_768, parallel: 16)
        let blockBytes = planner.footprint.blockBytes
        for gigabytes in [8, 12, 16, 24, 48, 200] {
            let plan = try planner.plan(availableBytes: gigabytes * 1000 * megabyte, model: "m")
            let counts = plan.limits.blockCounts
            let budget = (gigabytes * 1000 - 2_500) / 2 * megabyte
            #expect(plan.cacheBytes <= budget)
            #expect(counts[1] * blockBytes[1] <= budget / 2)
            #expect(counts[0] >= 1024 && counts[1] >= 49)
            #expect(counts[0] == 16 * 1024 || plan.cacheBytes + blockBytes[0] > budget)
        }
        let least = planner.footprint.blockBytes[0] * 1024 + planner.footprint.blockBytes[1] * 49
        let tight = try planner.plan(availableBytes: 2_500 * megabyte + least, model: "m")
        #expect(tight.limits.blockCounts == [1024, 49])
        #expect(throws: GenerationError.self) {
            try planner.plan(availableBytes: 2_500 * megabyte + least - 1, model: "m")
        }
    }

    @Test("a state is planned with what a step writes and copies for two ends, as far as they fit")
    func states() throws {
        var planner = MemoryPlanner(
            weightBytes: 1000 * megabyte, footprint: Footprint(blockBytes: [50 * megabyte]), policies: [.state],
            contextLength: 1 << 20, parallelSequences: 16)
        #expect(try planner.plan(availableBytes: .max, model: "m").limits.blockCounts == [64])
        #expect(try planner.plan(availableBytes: 2000 * megabyte, model: "m").limits.blockCounts == [8])
        #expect(try planner.plan(availableBytes: 1100 * megabyte, model: "m").limits.blockCounts == [2])
        #expect(throws: GenerationError.self) { try planner.plan(availableBytes: 1099 * megabyte, model: "m") }
        planner.policies = [.full, .window(512), .state]
        planner.footprint.blockBytes = [megabyte, megabyte, 50 * megabyte]
        planner.contextLength = 4096
        let counts = try planner.plan(availableBytes: .max, model: "m").limits.blockCounts
        #expect(counts == [16 * 128, 2 * 16 * 17 + 16, 64])
        // Tools have all that each of their sequences can need.
        #expect(planner.exactPlan(outputs: 1, availableBytes: .max).limits.blockCounts == [16 * 128, 16 * 128, 32])
    }

    @Test("sizes that cannot be are refused, not computed")
    func overflow() {
        #expect(throws: GenerationError.self) {
            try planner(context: Int.max).plan(availableBytes: Int.max, model: "m")
        }
        for policies in [[.full], [.window(.max)], [.state]] as [[CachePolicy]] {
            var planner = planner(context: Int.max / 2, parallel: 1024)
            planner.policies = policies
            planner.footprint.blockBytes = [Int.max / 2]
            #expect(throws: GenerationError.self) { try planner.plan(availableBytes: Int.max, model: "m") }
            #expect(planner.exactPlan(outputs: 1, availableBytes: .max).totalBytes == .max)
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

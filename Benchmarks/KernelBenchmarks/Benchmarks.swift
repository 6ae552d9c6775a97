import Benchmark
import CKernels

/// Every kernel of the table that `APUS_KERNELS` names, or of the best that this CPU can run, on one core.
let benchmarks: @Sendable () -> Void = {
    let table = KernelTable.chosen
    print("kernels: \(table.name); limits of one core: \(table.limits.description)")
    for format in table.formats {
        for columns in [1, 4, 8, 64] {
            ProductBenchmark(format, columns: columns, table).register()
            // Floats are packed as they are: their products are the same.
            guard format.row.multiply_packed != nil, format.row.block_size > 1 else { continue }
            ProductBenchmark(format, columns: columns, isPacked: true, table).register()
        }
    }
    for benchmark in ActivationBenchmark.all(table) { benchmark.register() }
    for benchmark in OperationBenchmark.all(table) { benchmark.register() }
    for benchmark in AttentionBenchmark.all(table) { benchmark.register() }
}

extension KernelBenchmark {
    /// Adds it to the list of the tool that runs benchmarks.
    func register() {
        let limits = limits
        Benchmark(
            name, configuration: .init(metrics: Rate.metrics, warmupIterations: 1, maxDuration: .milliseconds(400))
        ) {
            benchmark in
            let duration = ContinuousClock().measure(run)
            Rate(cost, duration, limits).report(to: benchmark)
        }
    }
}

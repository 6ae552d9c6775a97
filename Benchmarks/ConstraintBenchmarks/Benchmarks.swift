import Benchmark
import Constraints

/// A schema of fifty properties: what compiling it takes, and the masks of one of its documents with a vocabulary
/// (`APUS_VOCABULARY`: a GGUF file), with new tables and with those of an earlier text. All times are of the processor.
let benchmarks: @Sendable () -> Void = {
    let sample: Sample
    do {
        sample = try Sample()
    } catch {
        print("the benchmarks of constraints are left out: \(error)")
        return
    }
    print("\(sample.tokens.count) tokens of \(sample.trie.count); processor time in microseconds")
    let metrics = Timing.metrics
    Benchmark("compile", configuration: .init(metrics: [Timing.whole], maxDuration: .seconds(1))) { benchmark in
        let time = try Timing.ofOne { _ = try sample.compile() }
        benchmark.measurement(Timing.whole, Int(time))
    }
    for beginning in Sample.Beginning.allCases {
        Benchmark(
            "first text, \(beginning.rawValue)", configuration: .init(metrics: metrics, maxDuration: .seconds(2))
        ) { benchmark in
            let constraint = try sample.compile(beginning)
            try sample.match(constraint, beginning).report(to: benchmark)
        }
        Benchmark(
            "later text, \(beginning.rawValue)", configuration: .init(metrics: metrics, maxDuration: .seconds(2))
        ) { benchmark in
            let constraint = try sample.compile(beginning)
            _ = try sample.match(constraint, beginning)
            try sample.match(constraint, beginning).report(to: benchmark)
        }
    }
}

import Benchmark

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What matching one text took, in microseconds of this thread.
struct Timing {
    static let whole = BenchmarkMetric.custom("µs", useScalingFactor: false)
    static let maskMean = BenchmarkMetric.custom("mask mean ns", useScalingFactor: false)
    static let maskWorst = BenchmarkMetric.custom("mask worst µs", useScalingFactor: false)
    static let acceptMean = BenchmarkMetric.custom("accept mean ns", useScalingFactor: false)
    static let acceptWorst = BenchmarkMetric.custom("accept worst µs", useScalingFactor: false)
    static let metrics = [maskMean, maskWorst, acceptMean, acceptWorst]

    var masks: [Double] = []
    var accepts: [Double] = []

    static func ofOne(_ body: () throws -> Void) rethrows -> Double {
        let start = now
        try body()
        return now - start
    }

    func report(to benchmark: Benchmark) {
        benchmark.measurement(Self.maskMean, Int(1000 * mean(masks)))
        benchmark.measurement(Self.maskWorst, Int(masks.max() ?? 0))
        benchmark.measurement(Self.acceptMean, Int(1000 * mean(accepts)))
        benchmark.measurement(Self.acceptWorst, Int(accepts.max() ?? 0))
    }

    private func mean(_ times: [Double]) -> Double { times.reduce(0, +) / Double(max(times.count, 1)) }

    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
    }
}

import Benchmark

/// What a run reached. The tool keeps whole numbers, hence mega and not giga.
struct Rate {
    static let bytes = BenchmarkMetric.custom("MB/s", polarity: .prefersLarger, useScalingFactor: false)
    static let multiplyAdds = BenchmarkMetric.custom("MMAC/s", polarity: .prefersLarger, useScalingFactor: false)
    static let share = BenchmarkMetric.custom("% of limit", polarity: .prefersLarger, useScalingFactor: false)
    static let metrics: [BenchmarkMetric] = [.wallClock, bytes, multiplyAdds, share]

    private let cost: KernelCost
    private let seconds: Double
    private let limits: CoreLimits

    init(_ cost: KernelCost, _ duration: Duration, _ limits: CoreLimits) {
        self.cost = cost
        self.limits = limits
        seconds = max(duration / .seconds(1), 1e-9)
    }

    func report(to benchmark: Benchmark) {
        benchmark.measurement(Self.bytes, Int(Double(cost.bytes) / seconds / 1e6))
        if cost.multiplyAdds > 0 {
            benchmark.measurement(Self.multiplyAdds, Int(Double(cost.multiplyAdds) / seconds / 1e6))
        }
        if let shortest = limits.shortestTime(of: cost) {
            benchmark.measurement(Self.share, Int(shortest / seconds * 100))
        }
    }
}

/// One call of a kernel, or a few, with memory of its own.
protocol KernelBenchmark: Sendable {
    var name: String { get }
    var cost: KernelCost { get }
    var limits: CoreLimits { get }
    func run()
}

/// What a run must move and compute.
struct KernelCost: Sendable {
    /// Bytes that are read and written, each once.
    var bytes: Int
    /// The bytes lie in memory, not in a cache.
    var isStreamed = false
    var multiplyAdds = 0
    /// The multiply-adds are those of 8-bit codes.
    var isInteger = false
}

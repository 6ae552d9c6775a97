import CKernels
import KernelLimits

/// What one core can do at most, measured: a plain reading loop, and multiply-adds on registers.
struct CoreLimits: Sendable, CustomStringConvertible {
    private let bytesPerSecond: Double
    private let integersPerSecond: Double
    private let floatsPerSecond: Double

    init(_ table: UnsafePointer<ck_table>) {
        let memory = Memory(byteCount: 1 << 28)
        let sumBytes = table.pointee.operations.pointee.sum_bytes
        bytesPerSecond = Self.best(of: 5) {
            _ = sumBytes?(memory.byteCount, memory.bytes)
            return memory.byteCount
        }
        let name = table.pointee.name
        integersPerSecond = Self.best(of: 20) { kernel_limits_int8(name, 500_000) }
        floatsPerSecond = Self.best(of: 20) { kernel_limits_fp32(name, 500_000) }
    }

    /// Seconds that `cost` takes where nothing but the tighter limit counts; nil where no limit is known.
    func shortestTime(of cost: KernelCost) -> Double? {
        let reading = cost.isStreamed ? Double(cost.bytes) / bytesPerSecond : 0
        let rate = cost.isInteger ? integersPerSecond : floatsPerSecond
        let computing = rate > 0 ? Double(cost.multiplyAdds) / rate : 0
        let longest = max(reading, computing)
        return longest > 0 ? longest : nil
    }

    var description: String {
        let rates = [bytesPerSecond, integersPerSecond, floatsPerSecond].map { String(Int($0 / 1e6)) }
        return "\(rates[0]) MB/s read, \(rates[1]) MMAC/s int8, \(rates[2]) MMAC/s fp32"
    }

    /// The most that `body` returns a second.
    private static func best(of count: Int, _ body: () -> Int) -> Double {
        var best = 0.0
        for _ in 0..<count {
            var amount = 0
            let duration = ContinuousClock().measure { amount = body() }
            best = max(best, Double(amount) / max(duration / .seconds(1), 1e-9))
        }
        return best
    }
}

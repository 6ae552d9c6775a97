import CPUBackend
import Compute
import JSON
import Terminal

/// What a profile says, as a table or as JSON. Rates are those of all workers together.
struct ProfileReport {
    let title: String
    let totals: ExecutionProfile.Totals
    /// Bytes of an element of the KV cache, f16.
    private let cacheElementBytes = 2.0

    init(title: String, totals: ExecutionProfile.Totals) {
        self.title = title
        self.totals = totals
    }

    private struct Row {
        let name: String
        let seconds: Double
        let share: Double
        var gigabytesPerSecond: Double?
        var gigaflopsPerSecond: Double?
    }

    private var rows: [Row] {
        let workers = Double(max(1, totals.workers))
        let wall = totals.wallTime / .seconds(1)
        func row(_ name: String, _ workerTime: Duration, _ cost: StepCost = StepCost()) -> Row {
            let seconds = workerTime / .seconds(1) / workers
            var row = Row(name: name, seconds: seconds, share: wall > 0 ? seconds / wall : 0)
            let bytes = Double(cost.weightBytes) + Double(cost.cacheElements) * cacheElementBytes
            if bytes > 0, seconds > 0 { row.gigabytesPerSecond = bytes / seconds / 1e9 }
            if cost.multiplyAdds > 0, seconds > 0 {
                row.gigaflopsPerSecond = 2 * Double(cost.multiplyAdds) / seconds / 1e9
            }
            return row
        }
        let steps = totals.entries.map { row($0.kind.description, $0.workerTime, $0.cost) }
        let all = totals.entries.reduce(StepCost()) { $0 + $1.cost }
        return steps.sorted { $0.seconds > $1.seconds } + [
            row("waiting at the ends of phases", totals.waitTime),
            row("workers late or gone", totals.absentTime),
            row("all", totals.wallTime * totals.workers, all),
        ]
    }

    var lines: [String] {
        var table = TextTable(header: ["STEP", "MS", "SHARE", "GB/S", "GFLOP/S"])
        for row in rows {
            table.add([
                row.name, tenths(row.seconds * 1000), tenths(row.share * 100) + " %",
                row.gigabytesPerSecond.map(tenths) ?? "", row.gigaflopsPerSecond.map(tenths) ?? "",
            ])
        }
        return ["\(title): \(totals.batches) batches on \(totals.workers) workers"] + table.lines
    }

    var json: JSONValue {
        .array(
            rows.map { row in
                var object: JSONObject = [
                    "step": .string(row.name), "seconds": .number(row.seconds), "share": .number(row.share),
                ]
                if let rate = row.gigabytesPerSecond { object["gb_s"] = .number(rate.hundredths) }
                if let rate = row.gigaflopsPerSecond { object["gflop_s"] = .number(rate.hundredths) }
                return .object(object)
            })
    }

    private func tenths(_ value: Double) -> String { String((value * 10).rounded() / 10) }
}

package import APITypes
import Terminal

/// The tables of `list` and `ps`.
package enum ModelTables {
    /// Stored models whose name begins with `prefix`, in any case.
    package static func stored(_ models: [ListedModel], prefix: String?, now: Timestamp) -> [String] {
        var table = TextTable(header: ["NAME", "ID", "SIZE", "MODIFIED"])
        let prefix = prefix?.lowercased()
        for model in models where prefix.map({ model.name.lowercased().hasPrefix($0) }) ?? true {
            table.add([
                model.name, String(model.digest.prefix(12)), ByteCount(model.size).description,
                describe(model.modifiedAt, now: now),
            ])
        }
        return table.lines
    }

    /// Loaded models whose name begins with `prefix`.
    package static func loaded(_ models: [LoadedModel], prefix: String?, now: Timestamp) -> [String] {
        var table = TextTable(header: ["NAME", "ID", "SIZE", "PROCESSOR", "CONTEXT", "UNTIL"])
        for model in models where prefix.map({ model.name.hasPrefix($0) }) ?? true {
            table.add([
                model.name, String(model.digest.prefix(12)), ByteCount(model.size).description,
                processor(size: model.size, onGPU: model.sizeOnGPU), String(model.contextLength),
                model.expiresAt < now ? "Stopping..." : describe(model.expiresAt, now: now),
            ])
        }
        return table.lines
    }

    private static func processor(size: Int, onGPU: Int) -> String {
        if onGPU == 0 { return "100% CPU" }
        if onGPU == size { return "100% GPU" }
        guard size > 0, (0...size).contains(onGPU) else { return "Unknown" }
        let share = Int((Double(size - onGPU) / Double(size) * 100).rounded())
        return "\(share)%/\(100 - share)% CPU/GPU"
    }

    private static func describe(_ moment: Timestamp, now: Timestamp) -> String {
        guard moment != .zero else { return "Never" }
        let nanoseconds = Double(moment.nanoseconds - now.nanoseconds)
        return RelativeTime.describe(secondsFromNow: Double(moment.seconds - now.seconds) + nanoseconds / 1e9)
    }
}

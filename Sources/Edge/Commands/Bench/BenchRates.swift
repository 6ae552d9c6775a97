import JSON

/// Tokens a second, and what memory gave beside generation.
struct BenchRates {
    var prompt: Double?
    var generation: Double?
    /// Bytes a second of the plain reading loop.
    var loop: Double?

    var json: JSONValue {
        var object: JSONObject = [:]
        if let prompt { object["pp"] = .number(prompt.hundredths) }
        if let generation { object["tg"] = .number(generation.hundredths) }
        return .object(object)
    }

    func text(prompt promptTokens: Int, generate generatedTokens: Int) -> String {
        var parts: [String] = []
        if let prompt { parts.append("pp\(promptTokens) \(prompt.hundredths) tokens/s") }
        if let generation { parts.append("tg\(generatedTokens) \(generation.hundredths) tokens/s") }
        return parts.joined(separator: "  ")
    }

    static func median(of rows: [BenchRates]) -> BenchRates {
        BenchRates(
            prompt: median(rows.compactMap(\.prompt)), generation: median(rows.compactMap(\.generation)),
            loop: median(rows.compactMap(\.loop)))
    }

    private static func median(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}

extension Double {
    /// Rounded to two decimals.
    var hundredths: Double { (self * 100).rounded() / 100 }
}

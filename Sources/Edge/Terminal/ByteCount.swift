extension Int {
    /// A number without its fraction, held at the ends of the range; not-a-number is zero.
    package init(held number: Double) {
        self = Int(exactly: number.rounded(.towardZero)) ?? (number.isNaN ? 0 : number < 0 ? .min : .max)
    }
}

/// Sizes as Ollama prints them: powers of 1000, one decimal below ten.
package struct ByteCount: CustomStringConvertible, Sendable {
    package let bytes: Int

    package init(_ bytes: Int) { self.bytes = bytes }

    package var description: String {
        let units = ["B", "KB", "MB", "GB", "TB"]
        var value = Double(bytes)
        var unit = 0
        while value >= 1000, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        if unit == 0 || value >= 10 { return "\(Int(value)) \(units[unit])" }
        let tenths = Int(value * 10)
        return tenths % 10 == 0 ? "\(tenths / 10) \(units[unit])" : "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }
}

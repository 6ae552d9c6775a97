/// How long steps without prompts take, by their rows: what more rows cost, learned from the steps themselves.
package struct StepCosts: Hashable, Sendable {
    private struct Measurement: Hashable, Sendable {
        var seconds: Double
        /// The step that it was made at.
        var step: Int
    }

    /// Share of a step's time that a further row is taken to cost before that was measured.
    private static let expectedSlope = 0.1
    /// Steps after which a measurement is out of date.
    private static let memory = 512
    /// By rows.
    private var measurements: [Measurement?]
    private var steps = 0

    /// - Parameter maximumRows: steps with more rows are not counted.
    package init(maximumRows: Int = 64) {
        measurements = Array(repeating: nil, count: max(maximumRows, 2) + 1)
    }

    /// Learns from a step that computed `rows` rows, none of them of a prompt.
    package mutating func observe(rows: Int, duration: Duration) {
        let measured = duration / .seconds(1)
        guard measurements.indices.contains(rows), rows > 0, measured > 0 else { return }
        steps += 1
        let known = measurements[rows]?.seconds ?? measured
        // One slow step says little. What lasts, a deeper context or a busy machine, holds for other counts of rows too.
        let change = min(max(measured / known, 0.5), 2) - 1
        for other in measurements.indices {
            guard var measurement = measurements[other] else { continue }
            measurement.seconds *= 1 + change * (other == rows ? 0.25 : 0.05)
            // Fewer rows take no longer.
            if other < rows { measurement.seconds = min(measurement.seconds, measured) }
            measurements[other] = steps - measurement.step > Self.memory ? nil : measurement
        }
        measurements[rows] = Measurement(seconds: measurements[rows]?.seconds ?? measured, step: steps)
    }

    /// Seconds of a step of `rows` rows; nil before the first was measured.
    package func seconds(_ rows: Int) -> Double? {
        let rows = min(max(rows, 1), measurements.count - 1)
        let below = measurements[...rows].lastIndex { $0 != nil }.flatMap(point)
        let above = measurements[rows...].firstIndex { $0 != nil }.flatMap(point)
        switch (below, above) {
        case (let below?, let above?) where below.rows < above.rows:
            let part = Double(rows - below.rows) / Double(above.rows - below.rows)
            return below.seconds + (above.seconds - below.seconds) * part
        case (let point?, nil): return point.seconds + slope(beyond: point) * Double(rows - point.rows)
        case (let point?, _), (nil, let point?): return point.seconds * Self.expected(rows) / Self.expected(point.rows)
        case (nil, nil): return nil
        }
    }

    /// What a further row costs beyond the most rows that were measured: as much as those before it, or what is expected.
    private func slope(beyond last: (rows: Int, seconds: Double)) -> Double {
        let expected = last.seconds * Self.expectedSlope / Self.expected(last.rows)
        guard let before = measurements[..<last.rows].lastIndex(where: { $0 != nil }).flatMap(point) else {
            return expected
        }
        return max(expected, (last.seconds - before.seconds) / Double(last.rows - before.rows))
    }

    /// The time of a step, as a multiple of that with one row.
    private static func expected(_ rows: Int) -> Double { 1 + expectedSlope * Double(rows - 1) }

    private func point(_ rows: Int) -> (rows: Int, seconds: Double)? {
        measurements[rows].map { (rows, $0.seconds) }
    }
}

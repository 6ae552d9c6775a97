import Compute
import JSON

/// How much of the machine's reading speed generation uses.
struct BandwidthReport {
    /// Bytes a second of the plain reading loop.
    let loop: Double
    /// Bytes of weights that a generated token reads; nil without a model.
    var bytesPerToken: Int?
    /// Generated tokens a second, of one sequence.
    var tokensPerSecond: Double?

    /// The bytes of weights that `program` reads for one token.
    static func bytesPerToken(_ program: Program) -> Int {
        let span = Batch.Span(rows: 0..<1, firstPosition: 0, blocks: [0])
        return program.cost(of: Batch(tokens: [0], spans: [span], outputRows: [0])).weightBytes
    }

    /// Bytes of weights a second.
    private var generation: Double? {
        guard let bytesPerToken, let tokensPerSecond else { return nil }
        return Double(bytesPerToken) * tokensPerSecond
    }

    var text: String {
        var lines = ["plain reading loop  \(gigabytes(loop)) GB/s"]
        if let bytesPerToken { lines.append("weights of a token  \(gigabytes(Double(bytesPerToken))) GB") }
        if let generation {
            let percent = (generation / loop * 1000).rounded() / 10
            lines.append("generation reads    \(gigabytes(generation)) GB/s, \(percent) % of the loop")
        }
        return lines.joined(separator: "\n")
    }

    var json: JSONValue {
        var object: JSONObject = ["loop_gb_s": .number(gigabytes(loop))]
        if let bytesPerToken { object["bytes_per_token"] = .integer(bytesPerToken) }
        if let generation {
            object["generation_gb_s"] = .number(gigabytes(generation))
            object["share"] = .number((generation / loop * 1000).rounded() / 1000)
        }
        return .object(object)
    }

    private func gigabytes(_ bytes: Double) -> Double { (bytes / 1e9).hundredths }
}

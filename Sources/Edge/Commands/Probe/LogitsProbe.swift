import ArgumentParser
import JSON
import Locking
import OrderedCollections
import Sampling
import Tensors

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

struct LogitsProbe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logits", abstract: "The likeliest token at every position, and the top ten of the last.")

    @Argument var model: String
    @Option(help: "Ids with commas between them.") var tokens: TokenList
    @Option(help: "Write all logits here: little-endian f32, positions × vocabulary.", completion: .file())
    var output: String?
    @OptionGroup var format: ProbeOutput

    func run() async throws {
        try await offPool {
            let count = tokens.tokens.count
            let sequence = try LocalModel(model).executable(length: count, rows: 64, outputs: 64)
            let ids = try tokens.checked(vocabularySize: sequence.vocabularySize)
            let keepsAll = output != nil
            let rows = Locked([[Float]](repeating: [], count: count))
            let argmax = Locked([TokenID](repeating: 0, count: count))
            try sequence.appendAll(ids) { index, logits in
                let best = TokenID(logits.indices.max { logits[$0] < logits[$1] } ?? 0)
                argmax.withLock { $0[index] = best }
                if keepsAll || index == count - 1 {
                    let row = Array(logits)
                    rows.withLock { $0[index] = row }
                }
            }
            try rows.withLock { rows in
                if let output { try write(rows, to: output) }
                print(argmax.withLock { $0 }, last: rows[count - 1])
            }
        }
    }

    private func print(_ argmax: [TokenID], last: [Float]) {
        let top = last.indices.sorted { last[$0] > last[$1] }.prefix(10)
        let object: JSONObject = [
            "argmax": argmax.json,
            "top": .array(top.map { .array([.integer($0), .number(Double(last[$0]))]) }),
        ]
        format.print(object) {
            "argmax \(argmax.text)\n" + top.map { "\($0)  \(last[$0])" }.joined(separator: "\n")
        }
    }

    private func write(_ rows: [[Float]], to path: String) throws {
        var data = Data()
        for row in rows {
            row.withUnsafeBytes { data.append(contentsOf: $0) }
        }
        do {
            try data.write(to: URL(filePath: path))
        } catch {
            throw CommandError("cannot write \(path): \(error)")
        }
    }
}

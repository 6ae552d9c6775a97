import ArgumentParser
import JSON
import ModelLibrary
import OrderedCollections
import Sampling
import Tensors
import Terminal

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure prompt and generation speed.",
        discussion: "MODEL is a name in the store or the path of a GGUF file. Rates are tokens a second.")

    @Argument var model: String
    @Option(name: .short, help: "Threads; default: one for each core.") var threads: Int?
    @Option(name: .short, help: "Tokens of the prompt.") var prompt = 512
    @Option(name: .customShort("n"), help: "Tokens to generate.") var generate = 128
    @Option(name: .short, help: "Tokens in the cache before.") var depth = 0
    @Option(name: .short, help: "Repetitions.") var repetitions = 3
    @Flag(help: "Print one JSON object on the last line.") var json = false

    func validate() throws {
        let range = 0...1_000_000
        guard range.contains(prompt), range.contains(generate), range.contains(depth), repetitions > 0,
            prompt + generate > 0, threads.map({ (1...1024).contains($0) }) ?? true
        else { throw ValidationError("-p, -n and -d are counts of tokens, -r and -t are at least 1") }
    }

    func run() async throws {
        try await offPool { try measure() }
    }

    private func measure() throws {
        let length = depth + max(prompt, generate) + 8
        let sequence = try LocalModel(model).executable(length: length, threads: threads)
        var bench = Bench(sequence, depth: depth)
        try bench.warmUp()
        var rows: [Bench.Rates] = []
        for _ in 0..<repetitions {
            let rates = Bench.Rates(
                prompt: prompt > 0 ? try bench.promptRate(prompt) : nil,
                generation: generate > 0 ? try bench.generationRate(generate) : nil)
            rows.append(rates)
            if !json { Terminal.standard.writeLine(rates.text(prompt: prompt, generate: generate)) }
        }
        let median = Bench.Rates.median(of: rows)
        guard json else {
            Terminal.standard.writeLine("median  " + median.text(prompt: prompt, generate: generate))
            return
        }
        var object: JSONObject = ["program": .string("apus"), "version": .string(VersionReport.clientVersion)]
        object["threads"] = threads.map { .integer($0) } ?? .null
        object["depth"] = .integer(depth)
        object["p"] = .integer(prompt)
        object["n"] = .integer(generate)
        object["median"] = median.json
        Terminal.standard.writeLine(JSONWriter(.compact).text(of: .object(object)))
    }
}

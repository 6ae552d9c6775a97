import Architectures
import ArgumentParser
import CPUBackend
import Compute
import JSON
import ModelLibrary
import OrderedCollections
import Server
import Terminal
import Tokenization
import Workers

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure prompt and generation speed.",
        discussion: "MODEL is a name in the store or the path of a GGUF file. Rates are tokens a second.")

    @Argument(help: "Only --bandwidth needs none.") var model: String?
    @Option(name: .short, help: "Threads; default: one for each core.") var threads: Int?
    @Option(name: .short, help: "Tokens of the prompt.") var prompt = 512
    @Option(name: .customShort("n"), help: "Tokens to generate.") var generate = 128
    @Option(name: .short, help: "Tokens in the cache before.") var depth = 0
    @Option(name: .short, help: "Repetitions.") var repetitions = 3
    @Option(help: "Sequences that generate at the same time; the rate is that of all.") var sequences = 1
    @Option(help: "Tokens that each sequence has room for; default: those of the test.") var context: Int?
    @Flag(help: "Also read memory in a plain loop, and say what share of its speed generation has.")
    var bandwidth = false
    @Option(
        help: "Generate after the text of this file, with and without guessing ahead.", completion: .file())
    var text: String?
    @Option(help: "With --text: a smaller model of the same vocabulary that guesses ahead too.") var draft: String?
    @Flag(help: "Run once and say where the time goes, by kind of step.") var profile = false
    @OptionGroup var cache: CacheOption
    @Flag(help: "Print one JSON object on the last line.") var json = false

    func validate() throws {
        let range = 0...1_000_000
        guard range.contains(prompt), range.contains(generate), range.contains(depth), repetitions > 0,
            prompt + generate > 0, threads.map({ (1...1024).contains($0) }) ?? true
        else { throw ValidationError("-p, -n and -d are counts of tokens, -r and -t are at least 1") }
        guard (1...512).contains(sequences) else { throw ValidationError("--sequences is from 1 to 512") }
        guard model != nil || bandwidth else { throw ValidationError("name a model, or ask for --bandwidth") }
        guard text == nil || model != nil && generate > 0, draft == nil || text != nil else {
            throw ValidationError("--text needs a model and tokens to generate, --draft needs --text")
        }
        guard context.map({ (length...1 << 24).contains($0) }) ?? true else {
            throw ValidationError("--context is at least \(length), the tokens of the test")
        }
    }

    private var length: Int { max(Bench.warmUpTokens, depth + max(prompt, generate) + 8) }

    func run() async throws {
        if let text, let model { return try await measureSpeculation(model, after: text) }
        try await offPool { try measure() }
    }

    private func measure() throws {
        let pool = threads.map { WorkerPool(workerCount: $0) } ?? WorkerPool()
        var object: JSONObject = ["program": .string("apus"), "version": .string(VersionReport.clientVersion)]
        object["threads"] = .integer(pool.workerCount)
        var report: BandwidthReport?
        if let model {
            let model = try LocalModel(model)
            let median = profile ? try measureSteps(model, pool, &object) : try measureRates(model, pool, &object)
            if bandwidth {
                report = try BandwidthReport(
                    loop: median.loop ?? readingLoop(pool).bytesPerSecond(passes: 8),
                    bytesPerToken: BandwidthReport.bytesPerToken(model.program().program),
                    tokensPerSecond: sequences == 1 && depth == 0 ? median.generation : nil)
            }
        } else {
            report = BandwidthReport(loop: try readingLoop(pool).bytesPerSecond(passes: 8))
        }
        if let report {
            object["bandwidth"] = report.json
            if !json { Terminal.standard.writeLine(report.text) }
        }
        if json { Terminal.standard.writeLine(JSONWriter(.compact).text(of: .object(object))) }
    }

    private func measureSpeculation(_ name: String, after path: String) async throws {
        let (draft, threads, count) = (draft, threads, generate)
        let bench = try await BlockingThreads.shared.run {
            let model = try LocalModel(name)
            let tokenizer = try model.tokenizer()
            let prompt = try InputFile.contents(of: path).withUnsafeBytes {
                tokenizer.encode(bytes: $0, SpecialTokens(addBoundaries: true, parse: true))
            }
            return SpeculationBench(
                model: model, draft: try draft.map { try LocalModel($0) },
                pool: threads.map { WorkerPool(workerCount: $0) } ?? WorkerPool(), prompt: prompt, count: count)
        }
        let results = try await bench.run()
        guard json else {
            for result in results { Terminal.standard.writeLine(result.text) }
            return
        }
        let object: JSONObject = [
            "program": .string("apus"), "version": .string(VersionReport.clientVersion),
            "p": .integer(bench.prompt.count), "speculation": .array(results.map { $0.json }),
        ]
        Terminal.standard.writeLine(JSONWriter(.compact).text(of: .object(object)))
    }

    private func readingLoop(_ pool: WorkerPool) throws -> ReadingLoop {
        try ReadingLoop(kernels: .fromEnvironment(), pool: pool)
    }

    private func bench(_ model: LocalModel, _ pool: WorkerPool, _ profile: ExecutionProfile? = nil) throws -> Bench {
        let executable = try model.executable(
            sequences: sequences, length: context ?? length, outputs: sequences, cacheType: cache.type, pool: pool,
            profile: profile)
        if !json, executable.copyBytes > 0 {
            Terminal.standard.writeLine("weights repacked: \((Double(executable.copyBytes) / 1e9).hundredths) GB")
        }
        return Bench(
            BenchSequences(executable, count: sequences), depth: depth, profile: profile,
            beside: bandwidth && profile == nil ? try readingLoop(pool) : nil)
    }

    private func measureRates(
        _ model: LocalModel, _ pool: WorkerPool, _ object: inout JSONObject
    ) throws -> BenchRates {
        var bench = try bench(model, pool)
        try bench.warmUp()
        var rows: [BenchRates] = []
        for _ in 0..<repetitions {
            var rates = BenchRates(prompt: prompt > 0 ? try bench.promptRate(prompt) : nil)
            if generate > 0 { (rates.generation, rates.loop) = try bench.generationRate(generate) }
            rows.append(rates)
            if !json { Terminal.standard.writeLine(rates.text(prompt: prompt, generate: generate)) }
        }
        let median = BenchRates.median(of: rows)
        if !json { Terminal.standard.writeLine("median  " + median.text(prompt: prompt, generate: generate)) }
        object["packed_bytes"] = .integer(bench.copyBytes)
        object["depth"] = .integer(depth)
        object["p"] = .integer(prompt)
        object["n"] = .integer(generate)
        object["sequences"] = .integer(sequences)
        object["median"] = median.json
        object["memory"] = ProcessMemory.json
        return median
    }

    private func measureSteps(
        _ model: LocalModel, _ pool: WorkerPool, _ object: inout JSONObject
    ) throws -> BenchRates {
        let profile = ExecutionProfile()
        var bench = try bench(model, pool, profile)
        try bench.warmUp()
        var rates = BenchRates()
        var reports: [(name: String, report: ProfileReport)] = []
        if prompt > 0 {
            rates.prompt = try bench.promptRate(prompt)
            reports.append(("prompt", ProfileReport(title: "prompt of \(prompt)", totals: profile.take())))
        }
        if generate > 0 {
            rates.generation = try bench.generationRate(generate).tokens
            reports.append(("generation", ProfileReport(title: "\(generate) tokens", totals: profile.take())))
        }
        if !json {
            for line in reports.flatMap(\.report.lines) { Terminal.standard.writeLine(line) }
            Terminal.standard.writeLine(rates.text(prompt: prompt, generate: generate))
        }
        object["profile"] = .object(JSONObject(uniqueKeysWithValues: reports.map { ($0.name, $0.report.json) }))
        object["median"] = rates.json
        return rates
    }
}

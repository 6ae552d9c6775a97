import GGUF
import JSON
import LibraryTestSupport
import Locking
import ModelLibrary
import OrderedCollections
import SystemPackage
import Tensors
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@Suite("Creating models")
struct ModelCreatorTests {
    private let temporary: TemporaryStore
    private var store: ModelStore { temporary.store }
    private var weights: FilePath { temporary.root.appending("model.gguf") }

    init() throws {
        temporary = try TemporaryStore()
        try TinyGGUF.write(to: weights)
    }

    private func create(
        _ request: CreationRequest, templates: TemplateChooser = .none
    ) async throws -> [String] {
        let statuses = Locked<[String]>([])
        try await ModelCreator(store: store, templates: templates).create(request) { progress in
            statuses.withLock { $0.append(progress.status) }
        }
        return statuses.withLock { $0 }.filter { !$0.hasPrefix("copying") }
    }

    /// The parts of a split model, whose names tell their order.
    private func writeParts(_ count: Int = 3) throws -> [FilePath] {
        try (0..<count).map { index in
            var writer = GGUFWriter()
            if index == 0 {
                writer.metadata["general.architecture"] = .string("llama")
                writer.metadata["llama.block_count"] = .uint32(1)
            }
            writer.metadata["split.no"] = .uint16(UInt16(index))
            writer.metadata["split.count"] = .uint16(UInt16(count))
            writer.metadata["split.tensors.count"] = .int32(Int32(count))
            let shape = try #require(TensorShape([4]))
            try writer.add("t\(index)", type: .f32, shape: shape, bytes: Array(repeating: UInt8(index), count: 16))
            let path = temporary.root.appending("big-0000\(index + 1)-of-0000\(count).gguf")
            try writer.write(to: path)
            return path
        }
    }

    private func checkJoined(_ name: String) throws {
        let path = try #require(try store.model(named: ModelName(name)).modelPath)
        let file = try GGUFFile(contentsOf: path)
        #expect(file.partCount == 1)
        #expect(file.metadata.keys == ["general.architecture", "llama.block_count"])
        #expect(file.tensors.map(\.name) == ["t0", "t1", "t2"])
        #expect(file.tensors.map { Array($0.bytes) } == (0..<3).map { Array(repeating: UInt8($0), count: 16) })
    }

    @Test("the parts of a split model become one file, whatever their order and their blobs' names")
    func splitModel() async throws {
        let parts = try writeParts()
        let statuses = try await create(CreationRequest(name: try ModelName("f"), source: .files([parts[0]])))
        #expect(statuses.first == "joining 3 parts")
        try checkJoined("f")
        let blobs = try parts.reversed().map { path in
            CreationRequest.NamedBlob(name: "x", digest: try store.blobs.copy(path).digest)
        }
        _ = try await create(CreationRequest(name: try ModelName("b"), source: .blobs(blobs)))
        try checkJoined("b")
        #expect(try store.model(named: ModelName("b")).modelPath == store.model(named: ModelName("f")).modelPath)
    }

    @Test("a split model with a part missing, twice or alone is refused by name")
    func brokenSplitModel() async throws {
        let parts = try writeParts()
        let blobs = try parts.map { path in
            CreationRequest.NamedBlob(name: "x", digest: try store.blobs.copy(path).digest)
        }
        for (wrong, message) in [
            ([0, 1], "has 2 files"), ([0, 1, 1], "'split.no' is 1, but should be 2"), ([1, 2], "open the first part"),
        ] {
            let request = CreationRequest(name: try ModelName("w"), source: .blobs(wrong.map { blobs[$0] }))
            await #expect(performing: { _ = try await create(request) }, throws: { "\($0)".contains(message) })
        }
        try FileSystem.remove(parts[2])
        let request = CreationRequest(name: try ModelName("w"), source: .files([parts[0]]))
        await #expect(performing: { _ = try await create(request) }, throws: { "\($0)".contains("big-00003-of-00003") })
        #expect(try store.list().models.isEmpty)
    }

    @Test("a GGUF file becomes a model with all that goes with it")
    func fromFile() async throws {
        var request = CreationRequest(name: try ModelName("m"), source: .files([weights]))
        request.system = "Be brief."
        request.template = "{{ .Prompt }}"
        request.licenses = ["MIT"]
        request.parameters = ["temperature": 0.5, "stop": ["x"]]
        request.messages = [StoredMessage(role: "user", content: "hi")]
        let statuses = try await create(request)
        #expect(statuses.first == "parsing GGUF")
        #expect(statuses.filter { $0.hasPrefix("creating new layer sha256:") }.count == 6)
        #expect(statuses.suffix(2) == ["writing manifest", "success"])

        let model = try store.model(named: ModelName("m"))
        #expect(model.system == "Be brief.")
        #expect(model.template == "{{ .Prompt }}")
        #expect(model.licenses == ["MIT"])
        #expect(model.parameters == ["stop": ["x"], "temperature": 0.5])
        #expect(model.messages == request.messages)
        #expect(model.configuration.family == "llama")
        #expect(model.configuration.families == ["llama"])
        #expect(model.configuration.parameterSize == "32")
        #expect(model.configuration.quantization == "F32")
        #expect(model.configuration.format == "gguf")
        #expect(
            try FileSystem.read(try #require(model.modelPath), limit: 10_000) == FileSystem.read(weights, limit: 10_000)
        )
    }

    @Test(
        "a file gets the template that suits it, with its stops, unless the request says how conversations are written")
    func chosenTemplate() async throws {
        let templates = TemplateChooser { metadata in
            guard metadata["general.architecture"] == .string("llama") else { return nil }
            return .init(name: "known", template: "{{ .Content }}", stops: ["<a>", "<b>"])
        }
        func model(_ change: (inout CreationRequest) -> Void = { _ in }) async throws -> StoredModel {
            var request = CreationRequest(name: try ModelName("m"), source: .files([weights]))
            change(&request)
            _ = try await create(request, templates: templates)
            return try store.model(named: ModelName("m"))
        }
        let plain = try await model()
        #expect(plain.template == "{{ .Content }}")
        #expect(plain.parameters == ["stop": ["<a>", "<b>"]])
        let withOption = try await model { $0.parameters = ["top_k": 5] }
        #expect(withOption.parameters == ["stop": ["<a>", "<b>"], "top_k": 5])
        #expect(try await model { $0.parameters = ["stop": ["x"]] }.parameters == ["stop": ["x"]])
        let ownTemplate = try await model { $0.template = "own" }
        #expect(ownTemplate.template == "own")
        #expect(ownTemplate.parameters.isEmpty)
        #expect(try await model { $0.renderer = "olmo3" }.template == nil)
        let statuses = try await create(
            CreationRequest(name: try ModelName("n"), source: .files([weights])), templates: templates)
        #expect(statuses.contains("using autodetected template known"))
        #expect(try await model().template == "{{ .Content }}")

        // A model made of another takes what that has.
        _ = try await create(CreationRequest(name: try ModelName("bare"), source: .files([weights])))
        let derived = CreationRequest(name: try ModelName("derived"), source: .model(try ModelReference("bare")))
        _ = try await create(derived, templates: templates)
        #expect(try store.model(named: ModelName("derived")).template == nil)
        try TinyGGUF.write(to: weights, architecture: "qwen3")
        #expect(try await model().template == nil)
    }

    @Test("a model made of another keeps its layers, appends licences, merges parameters, replaces texts")
    func inheritance() async throws {
        var base = CreationRequest(name: try ModelName("base"), source: .files([weights]))
        base.system = "old"
        base.licenses = ["one"]
        base.parameters = ["temperature": 0.5, "top_k": 10]
        base.template = "t"
        base.renderer = "qwen3"
        _ = try await create(base)
        var derived = CreationRequest(name: try ModelName("derived"), source: .model(try ModelReference("BASE")))
        derived.system = "new"
        derived.licenses = ["two"]
        derived.parameters = ["temperature": 0.9]
        let statuses = try await create(derived)
        #expect(statuses.filter { $0.hasPrefix("using existing layer") }.count == 5)
        let model = try store.model(named: ModelName("derived"))
        #expect(model.system == "new")
        #expect(model.template == "t")
        #expect(model.licenses == ["one", "two"])
        #expect(model.parameters == ["temperature": 0.9, "top_k": 10])
        #expect(model.configuration.renderer == "qwen3")
        #expect(model.summary.parentModel == "base:latest")
        #expect(model.modelPath == (try store.model(named: ModelName("base")).modelPath))
    }

    @Test("creating again over a name removes what only the old model used")
    func replace() async throws {
        var request = CreationRequest(name: try ModelName("m"), source: .files([weights]))
        request.system = "first"
        _ = try await create(request)
        request.system = "second"
        _ = try await create(request)
        #expect(try temporary.blobFiles.count == 3)
        request.system = ""
        request.source = .model(try ModelReference("m"))
        _ = try await create(request)
        #expect(try store.model(named: ModelName("m")).system == nil)
        #expect(try temporary.blobFiles.count == 2)
    }

    @Test("uploaded blobs become adapters and projectors by what they are")
    func kinds() async throws {
        let adapter = temporary.root.appending("adapter.gguf")
        try TinyGGUF.write(to: adapter, extra: [("general.type", .string("adapter"))])
        let projector = temporary.root.appending("mmproj.gguf")
        try TinyGGUF.write(to: projector, architecture: "clip", extra: [("clip.has_vision_encoder", .bool(true))])
        let blobs = try [weights, projector].map { path in
            CreationRequest.NamedBlob(name: "x.gguf", digest: try store.blobs.copy(path).digest)
        }
        var request = CreationRequest(name: try ModelName("m"), source: .blobs(blobs))
        request.adapters = .files([adapter])
        _ = try await create(request)
        let model = try store.model(named: ModelName("m"))
        #expect(model.adapterPaths.count == 1)
        #expect(model.projectorPaths.count == 1)
        #expect(model.configuration.families == ["llama"])
    }

    @Test("a draft is a layer of its own, from a file or of another model, and is inherited and replaced")
    func draft() async throws {
        let small = temporary.root.appending("small.gguf")
        try TinyGGUF.write(to: small, extra: [("general.name", .string("small"))])
        var request = CreationRequest(name: try ModelName("m"), source: .files([weights]))
        request.draft = .files([small])
        _ = try await create(request)
        let model = try store.model(named: ModelName("m"))
        #expect(
            try FileSystem.read(try #require(model.draftPath), limit: 10_000) == FileSystem.read(small, limit: 10_000))
        #expect(model.configuration.draft == DraftDescription(format: "gguf", architecture: "llama"))
        #expect(model.configuration.families == ["llama"])
        #expect(ModelfileWriter.text(of: model).contains("\nDRAFT \(try #require(model.draftPath))\n"))

        _ = try await create(CreationRequest(name: try ModelName("small"), source: .files([small])))
        var byName = CreationRequest(name: try ModelName("n"), source: .files([weights]))
        byName.draft = .model(try ModelReference("small"))
        _ = try await create(byName)
        #expect(try store.model(named: ModelName("n")).draftPath == model.draftPath)

        let derived = CreationRequest(name: try ModelName("d"), source: .model(try ModelReference("m")))
        _ = try await create(derived)
        #expect(try store.model(named: ModelName("d")).draftPath == model.draftPath)
        #expect(try store.model(named: ModelName("d")).configuration.draft?.architecture == "llama")

        byName.draft = .files([weights])
        await #expect(throws: ModelLibraryError.self) { _ = try await create(byName) }
        #expect(try store.model(named: ModelName("n")).draftPath == model.draftPath)
    }

    @Test("what cannot become a model is refused in one line, and nothing is stored")
    func refusals() async throws {
        let text = temporary.root.appending("notes.gguf")
        try temporary.write("no model at all", to: text)
        let cut = temporary.root.appending("cut.gguf")
        let bytes = try FileSystem.read(weights, limit: 10_000)
        try temporary.write(String(decoding: bytes.prefix(60), as: UTF8.self), to: cut)
        let name = try ModelName("m")
        var quantized = CreationRequest(name: name, source: .files([weights]))
        quantized.quantization = "Q4_K_M"
        var twoAdapters = CreationRequest(name: name, source: .files([weights]))
        twoAdapters.adapters = .files([weights])
        let absent = CreationRequest.NamedBlob(name: "x", digest: Digest(hashing: [1]))
        let outside = CreationRequest.NamedBlob(name: "../x", digest: Digest(hashing: [1]))
        for request in [
            CreationRequest(name: name, source: .files([text])), CreationRequest(name: name, source: .files([cut])),
            CreationRequest(name: name, source: .files([])), quantized, twoAdapters,
            CreationRequest(name: name, source: .files([temporary.root.appending("absent.gguf")])),
            CreationRequest(name: name, source: .files([temporary.root.appending("m.safetensors")])),
            CreationRequest(name: name, source: .files([temporary.root])),
            CreationRequest(name: name, source: .blobs([absent])),
            CreationRequest(name: name, source: .blobs([outside])),
            CreationRequest(name: name, source: .model(try ModelReference("absent"))),
        ] {
            let error = await #expect(throws: ModelLibraryError.self) { _ = try await create(request) }
            #expect(error?.description.contains("\n") == false)
        }
        #expect(try store.list().models.isEmpty)
    }

    @Test(
        "a template that cannot be parsed is refused before anything else happens",
        arguments: [
            "{{ if .System }}x", "{{ shout .Prompt }}", "x{{ end }}", "a {{ .Prompt", "{{ range }}{{ end }}",
        ])
    func badTemplate(template: String) async throws {
        var request = CreationRequest(name: try ModelName("m"), source: .model(try ModelReference("absent")))
        request.template = template
        let error = await #expect(throws: ModelLibraryError.self) { _ = try await create(request) }
        #expect(error?.description.hasPrefix("template error: ") == true)
        #expect(try temporary.storeFiles.isEmpty)
    }

    @Test("a template that came with a base model is taken as it is")
    func inheritedTemplate() async throws {
        let template = try store.blobs.store(Array("{{ of another language".utf8))
        let model = try store.blobs.copy(weights)
        let configuration = try store.blobs.store(ModelConfiguration().bytes)
        let manifest = Manifest(
            configuration: Layer(
                mediaType: .configuration, digest: configuration.digest, size: configuration.size),
            layers: [
                Layer(mediaType: .model, digest: model.digest, size: model.size),
                Layer(mediaType: .template, digest: template.digest, size: template.size),
            ])
        try store.install(manifest.bytes, as: ModelName("base"), holding: [template, model, configuration])
        _ = try await create(CreationRequest(name: try ModelName("m"), source: .model(try ModelReference("base"))))
        #expect(try store.model(named: ModelName("m")).template == "{{ of another language")
    }

    @Test("texts that could not be read again are refused, with the limit")
    func longTexts() async throws {
        let long = String(repeating: "x", count: BlobStore.textLimit + 1)
        let plain = CreationRequest(name: try ModelName("m"), source: .files([weights]))
        let requests: [(String, CreationRequest)] = [
            ("template", plain.with { $0.template = long }), ("system", plain.with { $0.system = long }),
            ("license", plain.with { $0.licenses = ["MIT", long] }),
            ("params", plain.with { $0.parameters = ["stop": .string(long)] }),
            ("messages", plain.with { $0.messages = [StoredMessage(role: "user", content: long)] }),
        ]
        for (part, request) in requests {
            let error = await #expect(throws: ModelLibraryError.self) { _ = try await create(request) }
            #expect(error?.description.hasPrefix("the \(part) is too long: ") == true)
            #expect(error?.description.hasSuffix(" bytes, 16777216 are the most") == true)
        }
        let many = plain.with { $0.licenses = Array(repeating: "MIT", count: 1001) }
        await #expect(throws: ModelLibraryError.self) { _ = try await create(many) }
        #expect(try store.list().models.isEmpty)
    }

    @Test("a pipe, a device, a folder, a socket's place and sparse files are refused at once, by their path or reason")
    func oddFiles() async throws {
        let pipe = temporary.root.appending("pipe.gguf")
        try #require(pipe.withPlatformString { mkfifo($0, 0o600) } == 0)
        let zeros = try temporary.sparse("zeros.gguf", beginningWith: [], size: 1 << 40)
        let whole = try FileSystem.read(weights, limit: 10_000)
        let longer = try temporary.sparse("longer.gguf", beginningWith: whole, size: 1 << 40)
        for (path, words) in [
            (pipe, "not a regular file"), (FilePath("/dev/zero"), "not a regular file"),
            (temporary.root, "not a regular file"), (zeros, "not in GGUF format"),
            (longer, "bytes follow its last tensor"),
        ] {
            let request = CreationRequest(name: try ModelName("m"), source: .files([path]))
            let error = await #expect(throws: ModelLibraryError.self) { _ = try await create(request) }
            #expect(error?.description.contains(words) == true, "\(path): \(error?.description ?? "")")
        }
        #expect(try store.list().models.isEmpty)
    }

    @Test("the Modelfile of a stored model makes the same model again")
    func show() async throws {
        var request = CreationRequest(name: try ModelName("m"), source: .files([weights]))
        request.system = "Say \"hi\"\n twice "
        request.parameters = ["stop": ["<a>", " b "], "temperature": 0.7, "num_ctx": 8192]
        request.messages = [StoredMessage(role: "assistant", content: "ok")]
        _ = try await create(request)
        let model = try store.model(named: ModelName("m"))
        let text = ModelfileWriter.text(of: model)
        #expect(text.hasPrefix("# Modelfile generated by \"ollama show\"\n"))
        let modelfile = try ModelfileParser.parse(text)
        var again = CreationRequest(
            name: try ModelName("n"), source: .files(modelfile.sources.map { FilePath($0) }))
        again.system = modelfile.system
        again.parameters = try modelfile.parameters().values
        again.messages = modelfile.messages
        _ = try await create(again)
        let copy = try store.model(named: ModelName("n"))
        #expect(copy.system == model.system)
        #expect(copy.parameters == model.parameters)
        #expect(copy.messages == model.messages)
        #expect(copy.modelPath == model.modelPath)
    }

    @Test(
        "sizes are printed as Ollama prints them",
        arguments: [
            (UInt64(7_000_000_000), "7B"), (1_235_814_432, "1.2B"), (134_515_008, "134.52M"), (137_000_000, "137M"),
            (268_098_176, "268.10M"), (22_700, "23K"), (999, "999"), (999_999_999, "1000.00M"),
        ])
    func sizes(count: UInt64, text: String) {
        #expect(WeightsDescription.sizeText(count) == text)
    }
}

extension CreationRequest {
    fileprivate func with(_ change: (inout CreationRequest) -> Void) -> CreationRequest {
        var request = self
        change(&request)
        return request
    }
}

import GGUF
import JSON
import OrderedCollections
import SystemPackage
import Tensors

/// One model in the making: its layers so far, and proof that their blobs stay.
struct Creation {
    private let store: ModelStore
    private let reporter: ProgressReporter
    private let templates: TemplateChooser
    private var layers: [Layer] = []
    private var leases: [BlobLease] = []
    private var configuration = ModelConfiguration()

    init(store: ModelStore, reporter: ProgressReporter, templates: TemplateChooser) {
        self.store = store
        self.reporter = reporter
        self.templates = templates
    }

    mutating func perform(_ request: CreationRequest) throws(ModelLibraryError) {
        switch request.source {
        case .model(let reference): try inherit(from: reference.name)
        case .blobs(let blobs): try addBlobs(blobs)
        case .files(let paths): try addFiles(paths)
        }
        guard !layers.isEmpty else { throw .creation("no files provided to convert") }
        try addAdapters(request.adapters)
        try addDraft(request.draft)
        try addTexts(of: request)
        if let renderer = request.renderer { configuration.renderer = renderer }
        if let parser = request.parser { configuration.parser = parser }
        if let requires = request.requires { configuration.requires = requires }
        try install(as: request.name)
    }

    // MARK: Weights

    private mutating func inherit(from name: ModelName) throws(ModelLibraryError) {
        let model = try store.model(named: name)
        configuration = model.configuration
        for var layer in model.summary.stored.manifest.layers {
            guard let lease = try store.blobs.lease(layer.digest, touching: true) else {
                throw .damagedModel(
                    name: model.name.description, reason: "\(ModelLibraryError.missingBlob(layer.digest))")
            }
            if layer.mediaType == .model { layer.from = model.name.description }
            try report(existing: lease.digest)
            layers.append(layer)
            leases.append(lease)
        }
    }

    private mutating func addBlobs(_ blobs: [CreationRequest.NamedBlob]) throws(ModelLibraryError) {
        var parts: [(index: Int, lease: BlobLease)] = []
        for blob in blobs {
            guard Self.isRelative(blob.name) else { throw .creation("file path must be relative") }
            guard !blob.name.lowercased().hasSuffix(".safetensors") else { throw .safetensorsUnsupported }
            guard let lease = try store.blobs.lease(blob.digest, touching: true) else {
                throw .missingBlob(blob.digest)
            }
            if let index = try WeightsDescription.partIndex(of: lease.path) {
                parts.append((index, lease))
                continue
            }
            let description = try describe(lease.path)
            try report(existing: lease.digest)
            add(lease, description)
        }
        guard !parts.isEmpty else { return }
        let paths = parts.sorted { $0.index < $1.index }.map(\.lease.path)
        try addJoined { () throws(GGUFError) in try GGUFFile(parts: paths) }
    }

    private mutating func addFiles(_ paths: [FilePath]) throws(ModelLibraryError) {
        for path in paths {
            guard path.extension?.lowercased() != "safetensors" else { throw .safetensorsUnsupported }
            if try WeightsDescription.partIndex(of: path) != nil {
                try addJoined(from: path.string) { () throws(GGUFError) in try GGUFFile(contentsOf: path) }
                continue
            }
            let description = try describe(path)
            let total = try FileSystem.status(of: path)?.size
            let lease = try store.blobs.copy(path) { (completed) throws(ModelLibraryError) in
                try reporter.reportBytes(
                    TransferProgress(
                        status: "copying \(path.lastComponent?.string ?? "file")", total: total, completed: completed))
            }
            try report(new: lease.digest)
            add(lease, description, from: path.string)
        }
    }

    /// One file of a split model's parts, which are looked for and checked by `open`.
    private mutating func addJoined(
        from: String? = nil, _ open: () throws(GGUFError) -> GGUFFile
    ) throws(ModelLibraryError) {
        let writer = try store.blobs.makeWriter()
        do {
            let file = try open()
            let total = file.tensors.reduce(0) { $0 + $1.bytes.count }
            let status = "joining \(file.partCount) parts"
            try reporter.report(TransferProgress(status: status))
            try GGUFWriter(copying: file).write { bytes in
                for start in stride(from: 0, to: bytes.count, by: Self.pieceBytes) {
                    let end = min(bytes.count, start + Self.pieceBytes)
                    try writer.write(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
                    try reporter.reportBytes(
                        TransferProgress(status: status, total: total, completed: min(writer.written, total)))
                }
            }
            try file.checkIntact()
        } catch let error as ModelLibraryError {
            throw error
        } catch {
            throw .creation("\(error)")
        }
        let lease = try writer.commit()
        let description = try describe(lease.path)
        try report(new: lease.digest)
        add(lease, description, from: from)
    }

    /// So many are hashed and written between two looks at whether somebody waits.
    private static let pieceBytes = 8 << 20

    private mutating func addAdapters(_ source: CreationRequest.Source?) throws(ModelLibraryError) {
        guard let source else { return }
        let before = layers
        switch source {
        case .model: throw .creation("an adapter cannot be a model; give a GGUF file")
        case .blobs(let blobs): try addBlobs(blobs)
        case .files(let paths): try addFiles(paths)
        }
        let added = layers.dropFirst(before.count)
        guard added.count == 1 else { throw .creation("only one adapter is currently supported") }
        guard added.allSatisfy({ $0.mediaType == .adapter }) else {
            throw .creation("the adapter's file does not hold an adapter")
        }
        layers = before.filter { $0.mediaType != .adapter } + added
    }

    /// The weights of a model as the draft of this one.
    private mutating func addDraft(_ source: CreationRequest.Source?) throws(ModelLibraryError) {
        guard let source else { return }
        let (before, own) = (layers, configuration)
        switch source {
        case .model(let reference): try inherit(from: reference.name)
        case .blobs(let blobs): try addBlobs(blobs)
        case .files(let paths): try addFiles(paths)
        }
        let weights = layers.dropFirst(before.count).filter { $0.mediaType == .model }
        guard let weights = weights.first, weights.digest != before.last(where: { $0.mediaType == .model })?.digest,
            layers.dropFirst(before.count).count(where: { $0.mediaType == .model }) == 1
        else { throw .creation("the draft is to be one GGUF file of a model, and another than the model's own") }
        let description = DraftDescription(format: "gguf", architecture: configuration.family)
        layers = before.filter { $0.mediaType != .draft }
        layers.append(Layer(mediaType: .draft, digest: weights.digest, size: weights.size, from: weights.from))
        configuration = own
        configuration.draft = description
    }

    private func describe(_ path: FilePath) throws(ModelLibraryError) -> WeightsDescription {
        try reporter.report(TransferProgress(status: "parsing GGUF"))
        return try WeightsDescription(contentsOf: path)
    }

    private mutating func add(_ lease: BlobLease, _ description: WeightsDescription, from: String? = nil) {
        let type: MediaType =
            switch description.kind {
            case .model: .model
            case .adapter: .adapter
            case .projector: .projector
            }
        layers.append(Layer(mediaType: type, digest: lease.digest, size: lease.size, from: from))
        leases.append(lease)
        guard description.kind == .model else { return }
        configuration.format = "gguf"
        configuration.family = description.architecture
        configuration.families.append(description.architecture)
        configuration.parameterSize = description.parameterSize
        configuration.quantization = description.quantization
    }

    // MARK: Texts

    /// The template that suits the file of the weights; nil where the request or another model tells how conversations are
    /// written.
    private func chosenTemplate(for request: CreationRequest) throws(ModelLibraryError) -> TemplateChooser.Choice? {
        guard request.mayGetTemplate, let layer = layers.last(where: { $0.mediaType == .model }),
            let lease = leases.last(where: { $0.digest == layer.digest }),
            let file = try? GGUFFile(contentsOf: lease.path), let choice = templates.choose(file.metadata)
        else { return nil }
        try reporter.report(TransferProgress(status: "using autodetected template \(choice.name)"))
        return choice
    }

    private mutating func addTexts(of request: CreationRequest) throws(ModelLibraryError) {
        let choice = try chosenTemplate(for: request)
        if let template = request.template ?? choice?.template {
            try replace([.template, .prompt], with: Array(template.utf8))
        }
        if let system = request.system { try replace([.system], with: Array(system.utf8)) }
        for license in request.licenses { try append(.license, Array(license.utf8)) }
        if !request.parameters.isEmpty || choice != nil {
            var parameters = try inheritedParameters()
            if let choice { parameters["stop"] = .array(choice.stops.map { .string($0) }) }
            parameters.merge(request.parameters) { $1 }
            try replace([.parameters], with: Self.bytes(of: .object(parameters)))
        }
        if !request.messages.isEmpty {
            try replace([.messages], with: Self.bytes(of: .array(request.messages.map(\.json))))
        }
    }

    private func inheritedParameters() throws(ModelLibraryError) -> JSONObject {
        guard let layer = layers.last(where: { $0.mediaType == .parameters }) else { return [:] }
        let bytes = try store.blobs.read(layer.digest)
        guard let parameters = (try? JSONParser.parse(bytes))?.objectValue else {
            throw .damagedBlob(layer.digest, reason: "it holds no parameters")
        }
        return parameters
    }

    /// Puts one layer of the first type in the place of all layers of these types; no text takes them away.
    private mutating func replace(_ types: [MediaType], with bytes: [UInt8]) throws(ModelLibraryError) {
        layers.removeAll { types.contains($0.mediaType) }
        guard !bytes.isEmpty, let type = types.first else { return }
        try append(type, bytes)
    }

    private mutating func append(_ type: MediaType, _ bytes: [UInt8]) throws(ModelLibraryError) {
        try CreationRequest.checkSize(bytes.count, of: type)
        let isKnown = try store.blobs.size(of: Digest(hashing: bytes)) == bytes.count
        let lease = try store.blobs.store(bytes)
        if isKnown { try report(existing: lease.digest) } else { try report(new: lease.digest) }
        layers.append(Layer(mediaType: type, digest: lease.digest, size: lease.size))
        leases.append(lease)
    }

    private static func bytes(of json: JSONValue) -> [UInt8] {
        var style = JSONWriter.Style.go
        style.sortsKeys = true
        return JSONWriter(style).bytes(of: json) + [UInt8(ascii: "\n")]
    }

    // MARK: The end

    private mutating func install(as name: ModelName) throws(ModelLibraryError) {
        let bytes = configuration.bytes
        let lease = try store.blobs.store(bytes)
        leases.append(lease)
        let manifest = Manifest(
            configuration: Layer(mediaType: .configuration, digest: lease.digest, size: lease.size), layers: layers)
        try reporter.report(.writingManifest)
        let replaced = try store.install(manifest.bytes, as: name, holding: leases)
        leases = []  // The manifest holds the blobs now; what it has left out may go.
        try store.removeUnused(replaced)
        try reporter.report(.success)
    }

    private func report(existing digest: Digest) throws(ModelLibraryError) {
        try reporter.report(TransferProgress(status: "using existing layer \(digest)"))
    }

    private func report(new digest: Digest) throws(ModelLibraryError) {
        try reporter.report(TransferProgress(status: "creating new layer \(digest)"))
    }

    private static func isRelative(_ path: String) -> Bool {
        let path = FilePath(path)
        return path.isRelative && !path.components.contains { $0.kind == .parentDirectory }
    }
}

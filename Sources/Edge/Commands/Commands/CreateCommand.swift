import APIClient
import APITypes
import ArgumentParser
import ModelLibrary
import SystemPackage
import Terminal

struct CreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a model from a Modelfile.",
        discussion: "Without a Modelfile, the model is made from the one GGUF file of the folder.")

    @Argument var model: String
    @Option(name: .shortAndLong, help: "The Modelfile; default: Modelfile of this folder.", completion: .file())
    var file: String?
    @Option(name: .shortAndLong, help: "Quantize to this type.") var quantize: String?

    func run() async throws {
        guard (try? ModelName(model)) != nil else { throw CommandError("invalid model name: \(model)") }
        let parts = try await BlockingThreads.shared.run { try readParts() }
        let client = try await Connection.client(startingServer: true)
        var display = ProgressDisplay(terminal: .standard)
        display.status("gathering model components")
        var request = try baseRequest(parts.modelfile)
        for path in parts.files { try await Self.send(path, as: &request.files, client, &display) }
        for case .model(let name) in parts.sources { request.from = name }
        for path in parts.adapters { try await Self.send(path, as: &request.adapters, client, &display) }
        switch parts.draft {
        case .file(let path)?: try await Self.send(path, as: &request.draftFiles, client, &display)
        case .model(let name)?: request.draft = name
        case nil: break
        }
        display.finish()
        do {
            try await report(client.create(request))
        } catch let error as APIClientError where !request.from.isEmpty {
            throw CommandError("\(error)" + (await Self.explanation(of: request.from, in: parts.folder, client)))
        }
    }

    /// Sends a file to the server, and adds it to `files` under a name that is not taken.
    private static func send(
        _ path: FilePath, as files: inout [CreateFile], _ client: OllamaClient, _ display: inout ProgressDisplay
    ) async throws {
        let blob = try await ModelUpload.send(path, through: client) { display.progress($0) }
        let name = path.lastComponent?.string ?? "model.gguf"
        let isTaken = files.contains { $0.path == name }
        files.append(CreateFile(path: isTaken ? "\(files.count)/\(name)" : name, digest: blob.description))
    }

    /// For a model that could not be had: whether it is one, and where a file of its name was looked for.
    private static func explanation(
        of name: String, in folder: FilePath, _ client: OllamaClient
    ) async -> String {
        guard (try? await client.show(ShowRequest(model: name))) == nil else { return "" }
        return " (FROM \(name): no such model is stored, and there is no file "
            + "\(ModelfileSource.path(name, in: folder))\(await client.hint(for: name)))"
    }

    private func baseRequest(_ modelfile: Modelfile) throws -> CreateRequest {
        var request = CreateRequest(model: model)
        let (parameters, warnings) = try modelfile.parameters()
        for warning in warnings { Terminal.standard.writeNotice(warning) }
        request.parameters = parameters
        request.template = modelfile.template ?? ""
        request.system = modelfile.system ?? ""
        request.license = modelfile.licenses
        request.messages = modelfile.messages.map { ChatMessage(role: $0.role, content: $0.content) }
        request.renderer = modelfile.renderer ?? ""
        request.parser = modelfile.parser ?? ""
        request.requires = modelfile.requires ?? ""
        request.quantize = quantize ?? ""
        return request
    }

    /// The Modelfile, and what of this machine it names.
    private struct Parts {
        let modelfile: Modelfile
        let sources: [ModelfileSource]
        /// Those of the sources that are files, with the parts of split models, each once.
        let files: [FilePath]
        let adapters: [FilePath]
        let draft: ModelfileSource?
        /// Where relative paths begin.
        let folder: FilePath
    }

    /// Blocks.
    private func readParts() throws -> Parts {
        let (modelfile, folder) = try read()
        let sources = try modelfile.sources.map { try ModelfileSource($0, of: "FROM", in: folder) }
        let adapters = try modelfile.adapters.map { text in
            guard case .file(let path) = try ModelfileSource(text, of: "ADAPTER", in: folder) else {
                throw CommandError("ADAPTER \(ModelfileSource.path(text, in: folder)): there is no such file")
            }
            return path
        }
        let draft = try modelfile.drafts.last.map { try ModelfileSource($0, of: "DRAFT", in: folder) }
        if case .file(let path)? = draft, sources.contains(.file(path)) {
            throw CommandError("DRAFT must not reference the same local path as FROM: \(path)")
        }
        var files: [FilePath] = []
        for case .file(let path) in sources {
            for file in try ModelfileSource.files(ofModelAt: path) where !files.contains(file) { files.append(file) }
        }
        return Parts(
            modelfile: modelfile, sources: sources, files: files, adapters: adapters, draft: draft, folder: folder)
    }

    /// The Modelfile, and the folder that its relative paths begin at. Where none is named and none is there, the folder is
    /// taken for the model.
    private func read() throws -> (Modelfile, FilePath) {
        let path = FilePath(file ?? "Modelfile")
        if file == nil, try FileSystem.status(of: path, followingLinks: true) == nil {
            guard try FileSystem.entries(of: ".").contains(where: { $0.lowercased().hasSuffix(".gguf") }) else {
                throw CommandError("no Modelfile or safetensors files found")
            }
            return (Modelfile(instructions: [.from(".")]), FilePath("."))
        }
        let bytes = try InputFile.contents(of: path.string)
        do {
            return (try ModelfileParser.parse(bytes), try ModelfileSource.folder(ofModelfileAt: path))
        } catch {
            throw CommandError("\(path): \(error)")
        }
    }
}

extension ProgressDisplay {
    fileprivate mutating func progress(_ step: ModelUpload.Step) {
        switch step {
        case .hashing(let completed, let total): progress(label: "hashing", completed: completed, total: total)
        case .copying(let digest, let completed, let total):
            progress(label: "copying file \(digest)", completed: completed, total: total)
        }
    }
}

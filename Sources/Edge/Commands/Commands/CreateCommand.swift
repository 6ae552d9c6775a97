import APIClient
import APITypes
import ArgumentParser
import ModelLibrary
import SystemPackage
import Terminal

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

struct CreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a model from a Modelfile.",
        discussion: "Without a Modelfile, the model is made from the one GGUF file of the folder.")

    @Argument var model: String
    @Option(name: .shortAndLong, help: "The Modelfile.", completion: .file()) var file = "Modelfile"
    @Option(name: .shortAndLong, help: "Quantize to this type.") var quantize: String?

    func run() async throws {
        guard (try? ModelName(model)) != nil else { throw CommandError("invalid model name: \(model)") }
        let (modelfile, folder) = try read()
        let client = try await Connection.client(startingServer: true)
        var display = ProgressDisplay(terminal: .standard)
        display.status("gathering model components")
        var request = try baseRequest(modelfile)
        for source in modelfile.sources {
            if let path = Self.existing(source, in: folder) {
                let blob = try await ModelUpload.send(path, through: client) { display.progress($0) }
                request.files.append(CreateFile(path: path.lastComponent?.string ?? source, digest: blob.description))
            } else {
                request.from = source
            }
        }
        for source in modelfile.adapters {
            guard let path = Self.existing(source, in: folder) else { throw CommandError("no such adapter: \(source)") }
            let blob = try await ModelUpload.send(path, through: client) { display.progress($0) }
            request.adapters.append(CreateFile(path: path.lastComponent?.string ?? source, digest: blob.description))
        }
        if let source = modelfile.drafts.last {
            guard !modelfile.sources.contains(source) else {
                throw CommandError("DRAFT must not reference the same local path as FROM: \(source)")
            }
            if let path = Self.existing(source, in: folder) {
                let blob = try await ModelUpload.send(path, through: client) { display.progress($0) }
                request.draftFiles = [
                    CreateFile(path: path.lastComponent?.string ?? source, digest: blob.description)
                ]
            } else {
                request.draft = source
            }
        }
        display.finish()
        try await report(client.create(request))
    }

    private func baseRequest(_ modelfile: Modelfile) throws -> CreateRequest {
        var request = CreateRequest(model: model)
        let (parameters, warnings) = try modelfile.parameters()
        for warning in warnings { Terminal.standard.writeErrorLine(warning) }
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

    /// The Modelfile, and the folder that its relative paths begin at.
    private func read() throws -> (Modelfile, FilePath) {
        let path = FilePath(file)
        if let data = FileManager.default.contents(atPath: file) {
            return (try ModelfileParser.parse(Array(data)), path.removingLastComponent())
        }
        let models = (try? FileManager.default.contentsOfDirectory(atPath: "."))?.filter { $0.hasSuffix(".gguf") } ?? []
        guard let model = models.first, models.count == 1 else {
            throw CommandError("no Modelfile or safetensors files found")
        }
        return (Modelfile(instructions: [.from("./" + model)]), FilePath("."))
    }

    /// The path that a Modelfile's `FROM`, `ADAPTER` or `DRAFT` names, where there is such a file.
    private static func existing(_ source: String, in folder: FilePath) -> FilePath? {
        let home = ProcessInfo.processInfo.environment["HOME"] ?? "/"
        let source = source.hasPrefix("~/") ? home + source.dropFirst() : source
        let path = FilePath(source).isAbsolute ? FilePath(source) : folder.appending(FilePath(source).components)
        return FileManager.default.fileExists(atPath: path.string) ? path : nil
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

import GGUF
import ModelLibrary
package import SystemPackage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What `FROM`, `ADAPTER` or `DRAFT` of a Modelfile names.
package enum ModelfileSource: Hashable {
    /// A file of this machine that holds weights.
    case file(FilePath)
    /// A model, where there is neither such a file nor such a folder of weights.
    case model(String)

    /// Looks for the file; its contents are checked as far as they describe themselves. Blocks.
    /// - Parameters:
    ///   - instruction: for messages.
    ///   - folder: where relative paths begin.
    /// - Throws: `CommandError` with the path where the text is a path, but not of weights.
    package init(_ text: String, of instruction: String, in folder: FilePath) throws {
        let path = Self.path(text, in: folder)
        if let status = try FileSystem.status(of: path, followingLinks: true) {
            guard status.kind == .folder else {
                self = .file(try Self.checked(path, instruction, writtenAs: text))
                return
            }
            if let file = try Self.weights(in: path, instruction) {
                self = .file(try Self.checked(file, instruction, writtenAs: text))
                return
            }
            guard !Self.isPath(text) else { throw CommandError("\(instruction) \(path): there is no GGUF file in it") }
        }
        guard !Self.isPath(text), (try? ModelReference(text)) != nil else {
            throw CommandError("\(instruction) \(path): there is no such file")
        }
        self = .model(text)
    }

    /// The path that the text is, if it is one.
    package static func path(_ text: String, in folder: FilePath) -> FilePath {
        let home = ProcessInfo.processInfo.environment["HOME"] ?? "/"
        let text = text == "~" || text.hasPrefix("~/") ? home + text.dropFirst() : text
        return FilePath(text).isAbsolute ? FilePath(text) : folder.appending(FilePath(text).components)
    }

    /// Where the relative paths of a Modelfile begin: at its folder, or at the present one where it comes through a pipe,
    /// which lies nowhere.
    package static func folder(ofModelfileAt path: FilePath) throws -> FilePath {
        let isFile = try FileSystem.status(of: path, followingLinks: true)?.kind == .file
        return isFile ? path.removingLastComponent() : FilePath("")
    }

    /// Whether a text can only be a path.
    static func isPath(_ text: String) -> Bool {
        text == "." || text == ".." || ["/", "./", "../", "~"].contains { text.hasPrefix($0) } || text.contains("\\")
    }

    /// The files that the server is to have of a model's file: a split model's first part brings the others.
    package static func files(ofModelAt path: FilePath) throws -> [FilePath] {
        do {
            return try WeightsDescription.partIndex(of: path) == 0 ? GGUFFile.paths(ofModelAt: path) : [path]
        } catch {
            throw CommandError("\(path): \(error)")
        }
    }

    /// The one GGUF file of a folder, or the first part of its one split model; nil where it has none.
    private static func weights(in folder: FilePath, _ instruction: String) throws -> FilePath? {
        let names = try FileSystem.entries(of: folder)
        let files = names.filter { name in
            guard name.lowercased().hasSuffix(".gguf") else { return false }
            let index = try? WeightsDescription.partIndex(of: folder.appending(name))
            return index == nil || index == 0
        }
        guard files.count <= 1 else {
            throw CommandError(
                "\(instruction) \(folder): there are several GGUF files in it, name one: \(files.joined(separator: ", "))"
            )
        }
        guard files.isEmpty, names.contains(where: { $0.lowercased().hasSuffix(".safetensors") }) else {
            return files.first.map { folder.appending($0) }
        }
        throw CommandError("\(instruction) \(folder): \(ModelLibraryError.safetensorsUnsupported)")
    }

    /// A file that is none of weights is refused before it is hashed and sent.
    private static func checked(_ path: FilePath, _ instruction: String, writtenAs text: String) throws -> FilePath {
        do {
            // The server checks parts together.
            let isLaterPart = try WeightsDescription.partIndex(of: path).map { $0 > 0 } ?? false
            if !isLaterPart { _ = try WeightsDescription(contentsOf: path) }
            return path
        } catch {
            let isName = !isPath(text) && !text.contains(":") && (try? ModelName(text)) != nil
            let advice = isName ? "; for the model of that name write \(text):\(ModelName.defaultTag)" : ""
            throw CommandError("\(instruction) \(path): \(error)\(advice)")
        }
    }
}

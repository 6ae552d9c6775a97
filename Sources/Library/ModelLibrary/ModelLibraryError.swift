package import SystemPackage

/// Why the store of models cannot do what was asked.
package enum ModelLibraryError: Error, Hashable, Sendable {
    case invalidName(String)
    /// A name may be stored whose host cannot be reached by it.
    case invalidHost(String, reason: String)
    case invalidDigest(String)
    /// No model of this name is stored.
    case modelNotFound(String)
    /// A model is stored, but its manifest or one of its blobs is not what it should be.
    case damagedModel(name: String, reason: String)
    case damagedManifest(String)
    case damagedConfiguration(String)
    case missingBlob(Digest)
    case damagedBlob(Digest, reason: String)
    case digestMismatch(expected: Digest, actual: Digest)
    /// Another process holds the lock of the store for longer than anyone should.
    case storeBusy(FilePath)
    /// `operation` is a verb phrase: "read", "create a folder at".
    case fileSystem(operation: String, path: FilePath, Errno)
    case notARegularFile(FilePath)
    case fileTooLarge(FilePath, limit: Int)
    /// Bytes.
    case notEnoughSpace(needed: Int, available: Int)
    /// A Modelfile that cannot be read; the line counts from 1, and is nil where the whole file is meant.
    case modelfile(String, line: Int?)
    /// A parameter of a model with an unknown name or a bad value.
    case invalidParameter(String)
    /// A model cannot be made of what was given.
    case creation(String)
    case cancelled

    package static let safetensorsUnsupported = Self.creation(
        "converting safetensors files is not supported yet; give a GGUF file")
}

extension ModelLibraryError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .invalidName: "invalid model name"
        case .invalidHost(let host, let reason): "'\(host)' is no address of a registry: \(reason)"
        case .invalidDigest: "invalid digest format"
        case .modelNotFound(let name): "model '\(name)' not found"
        case .damagedModel(let name, let reason): "model '\(name)' is damaged: \(reason); pull or create it again"
        case .damagedManifest(let reason): "the manifest is damaged: \(reason)"
        case .damagedConfiguration(let reason): "the configuration is damaged: \(reason)"
        case .missingBlob(let digest): "blob \"\(digest)\" not found"
        case .damagedBlob(let digest, let reason): "blob \(digest) is damaged: \(reason)"
        case .digestMismatch(let expected, let actual): "digest mismatch, expected \"\(expected)\", got \"\(actual)\""
        case .storeBusy(let path): "another process holds \(path); try again when it is done"
        case .fileSystem(let operation, let path, let error):
            "cannot \(operation) \(path): \(Self.explanation(of: error))"
        case .notARegularFile(let path): "\(path) is not a regular file"
        case .fileTooLarge(let path, let limit): "\(path) is larger than \(limit) bytes"
        case .notEnoughSpace(let needed, let available):
            "not enough space on the disk: \(needed) bytes are needed, \(available) are free"
        case .modelfile(let message, let line?): "(line \(line)): \(message)"
        case .modelfile(let message, nil): message
        case .invalidParameter(let message): message
        case .creation(let message): message
        case .cancelled: "cancelled"
        }
    }

    private static func explanation(of error: Errno) -> String {
        switch error {
        case .noSpace: "no space left on device; free some and try again"
        case .diskQuotaExceeded: "disk quota exceeded; free some space and try again"
        default: error.description
        }
    }
}

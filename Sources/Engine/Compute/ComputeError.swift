/// Why a program cannot be built, compiled or run.
package enum ComputeError: Error, Hashable, Sendable {
    case missingWeight(name: String)
    case wrongShape(weight: String, expected: String, found: String)
    case unsupportedType(weight: String, type: String)
    case unsupported(String)
    /// A model file says something about the model that cannot be.
    case invalidHyperparameter(key: String, reason: String)
    case outOfMemory(bytes: Int, purpose: String)
    case invalidBatch(String)
    /// Weights were read from a file that is cut or whose disk failed: results are worthless, now and later.
    case weightsLost
}

extension ComputeError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missingWeight(let name):
            "the model has no tensor \"\(name)\"; the file is incomplete or of another architecture"
        case .wrongShape(let weight, let expected, let found):
            "tensor \"\(weight)\" has shape \(found), expected \(expected); the file is damaged or of another architecture"
        case .unsupportedType(let weight, let type):
            "tensor \"\(weight)\" is stored as \(type), which this backend cannot compute with"
        case .unsupported(let what):
            what
        case .invalidHyperparameter(let key, let reason):
            "the model's \(key) is invalid: \(reason)"
        case .outOfMemory(let bytes, let purpose):
            "not enough memory: \(bytes) bytes for \(purpose); use a smaller context or batch"
        case .invalidBatch(let reason):
            "invalid batch: \(reason)"
        case .weightsLost:
            "the model file cannot be read any more: it was changed or its disk failed; pull or create the model again"
        }
    }
}

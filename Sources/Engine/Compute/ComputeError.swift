/// Why a program cannot be built, compiled or run.
package enum ComputeError: Error, Hashable, Sendable {
    case missingWeight(name: String)
    case wrongShape(weight: String, expected: String, found: String)
    case unsupportedType(weight: String, type: String)
    case unsupported(String)
    case outOfMemory(bytes: Int, purpose: String)
    case invalidBatch(String)
}

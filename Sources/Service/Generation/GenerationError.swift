/// Why an answer cannot be given; the server maps each case to a status.
package enum GenerationError: Error, Sendable {
    case modelNotFound(String)
    case modelUnusable(model: String, reason: String)
    case unsupportedCapability(model: String, capability: String)
    case promptTooLong(tokens: Int, limit: Int)
    case promptFailed(String)
    case imagesUnsupported(model: String)
    case overloaded
    case outOfMemory(model: String, reason: String)
    case shuttingDown
    case engineFailed(String)
}

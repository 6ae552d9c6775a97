/// Whether weights are copied, when a model is loaded, into an order in which they are multiplied faster. Answers do not
/// depend on it.
package enum Repacking: String, Hashable, Sendable, CaseIterable {
    /// Where the copies fit.
    case auto
    /// Weights stay in the mapped file, which the system can drop and read again.
    case never
    case always

    /// Whether to copy where the backend would make `copyBytes` of copies of a model that takes `totalBytes` in all.
    ///
    /// Copies cannot be dropped as pages of a file can: an eighth of what there is must be left for others.
    package func shouldRepack(copyBytes: Int, totalBytes: Int, availableBytes: Int) -> Bool {
        guard copyBytes > 0 else { return false }
        switch self {
        case .always: return true
        case .never: return false
        case .auto: return max(copyBytes, totalBytes) <= availableBytes - availableBytes / 8
        }
    }
}

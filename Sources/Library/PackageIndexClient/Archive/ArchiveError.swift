/// What is wrong with an archive.
package enum ArchiveError: Error, Hashable {
    case notAnArchive
    case truncated
    case tooLarge
    case inconsistent(String)
    case unsupported(String)
    case badCompression(String)
    case checksumMismatch(String)
}

extension ArchiveError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notAnArchive: "it is no ZIP archive"
        case .truncated: "it ends too early"
        case .tooLarge: "its directory is too large"
        case .inconsistent(let what): what
        case .unsupported(let what): "\(what) is not supported"
        case .badCompression(let what): "its compressed data are invalid (\(what))"
        case .checksumMismatch(let entry): "\(entry) does not have its checksum"
        }
    }
}

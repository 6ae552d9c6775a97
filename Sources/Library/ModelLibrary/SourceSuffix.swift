/// The end of a name that says where a model runs: `:local` on this machine, `:cloud` elsewhere.
///
/// `m:local` and `m:1b:local` are `m` and `m:1b`: every model runs here. What runs elsewhere is stored under a tag of its
/// own, `m:cloud` or `m:20b-cloud`; `m:20b:cloud` means the latter.
enum SourceSuffix {
    static let local = ":local"
    private static let cloud = ":cloud"

    /// The name that `text` stands for, without a source.
    /// - Throws: `invalidName` where it names two sources.
    static func name(in text: Substring) throws(ModelLibraryError) -> Substring {
        if let rest = text.without(local) {
            guard rest.without(cloud) == nil, rest.without("-cloud") == nil else { throw .invalidName(String(text)) }
            return rest
        }
        guard let rest = text.without(cloud) ?? text.without("-cloud") else { return text }
        guard rest.without(local) == nil else { throw .invalidName(String(text)) }
        // A second tag, which only a name with `:cloud` may have, becomes one with the first.
        let hasTag = rest.lastIndex(of: ":").map { !rest[$0...].contains("/") } ?? false
        return hasTag && text.without(cloud) != nil ? rest + "-cloud" : text
    }
}

extension Substring {
    /// The text before an ending in any case; nil where it does not end so.
    fileprivate func without(_ ending: String) -> Substring? {
        suffix(ending.count).lowercased() == ending ? dropLast(ending.count) : nil
    }
}

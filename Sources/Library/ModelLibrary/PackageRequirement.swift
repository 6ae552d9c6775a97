/// `package[==version]`, as `pip` accepts it: only characters that PEP 503 and PEP 440 allow, so that neither part can
/// be an option, a path or an address.
///
/// A model from the package index is stored as `pip/library/PACKAGE:VERSION`, `pip` in the place of a registry's host;
/// without a version the tag is `latest`.
package struct PackageRequirement: Hashable, Sendable {
    /// In the normal form of PEP 503: lower case, runs of `-`, `_` and `.` as one `-`.
    package let package: String
    package let version: String?

    package static let host = "pip"

    package init(_ text: String) throws(ModelLibraryError) {
        let (name, version) = try Self.split(text)
        let bytes = Array(name.utf8)
        guard let first = bytes.first, let last = bytes.last, bytes.count <= 80, Self.isAlphanumeric(first),
            Self.isAlphanumeric(last), bytes.allSatisfy({ Self.isAlphanumeric($0) || "-_.".utf8.contains($0) })
        else { throw .invalidName(text) }
        if let version { guard Self.isVersion(version) else { throw .invalidName(text) } }
        package = Self.normalized(name)
        self.version = version
    }

    /// The requirement that a stored name stands for, or nil where it is no package's.
    package init?(_ name: ModelName) {
        guard ModelName.same(name.host, Self.host), ModelName.same(name.namespace, ModelName.defaultNamespace) else {
            return nil
        }
        let tagged = name.tag == ModelName.defaultTag ? name.model : "\(name.model)==\(name.tag)"
        guard let requirement = try? Self(tagged) else { return nil }
        self = requirement
    }

    /// The argument that `pip` takes.
    package var argument: String { version.map { "\(package)==\($0)" } ?? package }

    /// The name under which the model is stored.
    package var modelName: ModelName {
        get throws(ModelLibraryError) {
            try ModelName(
                host: Self.host, namespace: ModelName.defaultNamespace, model: package,
                tag: version ?? ModelName.defaultTag)
        }
    }

    /// Also takes `package:version`, so that a name reads alike with and without its scheme.
    private static func split(_ text: String) throws(ModelLibraryError) -> (name: String, version: String?) {
        guard let separator = text.firstIndex(where: { $0 == "=" || $0 == ":" }) else { return (text, nil) }
        let rest = text[separator...]
        let version = rest.hasPrefix("==") ? rest.dropFirst(2) : rest.dropFirst()
        guard rest.hasPrefix("==") || rest.hasPrefix(":") else { throw .invalidName(text) }
        let isLatest = rest.hasPrefix(":") && version == ModelName.defaultTag
        return (String(text[..<separator]), isLatest ? nil : String(version))
    }

    /// Epochs (`1!2.0`) and local versions (`1.0+cu12`) have no spelling as a tag, and no index serves models so.
    private static func isVersion(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 80, UInt8(ascii: "0")...UInt8(ascii: "9") ~= first else {
            return false
        }
        return text.utf8.allSatisfy { isAlphanumeric($0) || "-_.".utf8.contains($0) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
    }

    private static func normalized(_ name: String) -> String {
        var result = ""
        for character in name.lowercased() {
            let character: Character = "-_.".contains(character) ? "-" : character
            if character == "-", result.last == "-" { continue }
            result.append(character)
        }
        return result
    }
}

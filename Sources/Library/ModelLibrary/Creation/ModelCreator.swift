/// Makes models of the store from weights, from other models, and from texts that go with them.
package struct ModelCreator: Sendable {
    private let store: ModelStore
    private let source: (any ModelSource)?
    private let templates: TemplateChooser

    /// - Parameters:
    ///   - source: where a base model comes from that is not in the store.
    ///   - templates: chooses a template for a model file, where the request has none.
    package init(store: ModelStore, source: (any ModelSource)? = nil, templates: TemplateChooser = .none) {
        self.store = store
        self.source = source
        self.templates = templates
    }

    /// Makes a model and gives it its name. Interrupted at any point it leaves the store as it was, but for blobs that a
    /// second try uses or a later prune removes.
    /// - Parameter report: told each step, `success` last; what it throws ends the creation.
    package func create(_ request: CreationRequest, report: @escaping ProgressReport) async throws {
        if let quantization = request.quantization {
            throw ModelLibraryError.creation(
                "quantizing to \(quantization) is not supported yet; give a file that is quantized")
        }
        try await BlockingThreads.shared.run { try request.checkTexts() }
        if case .model(let reference) = request.source {
            let isStored = try await BlockingThreads.shared.run { [store] in try store.contains(reference.name) }
            if !isStored { try await pull(reference, for: request, report: report) }
        }
        try await BlockingThreads.shared.run(reportingTo: report) { [store, templates] reporter in
            var creation = Creation(store: store, reporter: reporter, templates: templates)
            try creation.perform(request)
        }
    }

    /// All steps of a pull but its success are reported as steps of the creation.
    private func pull(
        _ reference: ModelReference, for request: CreationRequest, report: @escaping ProgressReport
    ) async throws {
        guard let source else { throw ModelLibraryError.modelNotFound(reference.name.description) }
        try await source.pull(reference, into: store, options: request.pullOptions) { progress in
            if progress != .success { try await report(progress) }
        }
    }
}

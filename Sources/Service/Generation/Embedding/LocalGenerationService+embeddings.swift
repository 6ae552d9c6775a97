import Architectures
import Inference
import ModelLibrary
import Tensors

extension LocalGenerationService {
    package func embed(_ request: EmbeddingRequest) async throws -> EmbeddingAnswer {
        let started = ContinuousClock.now
        let stored = try await storedModel(request.model)
        let options = request.options.over(GenerationOptions(parameters: stored.parameters))
        let wanted = options.loadOptions(settings, purpose: .embeddings)
        return try await models.withModel(stored, wanted, keepAlive: request.keepAlive) { model in
            guard case .embeddings(let engine, let ranks) = model.engine else {
                throw GenerationError.unsupportedCapability(model: stored.name.description, capability: "embedding")
            }
            let loadDuration = started.duration(to: .now)
            var batch = TextBatch(
                TextEncoder(
                    model.tokenizer, limit: min(wanted.contextLength, engine.textLimit), truncates: request.truncates),
                ranks: ranks)
            for (index, input) in request.inputs.enumerated() {
                try Task.checkCancellation()
                try batch.add(input, index: index)
            }
            var rows: [[Float]]
            do {
                rows = try await engine.rows(of: batch.texts)
            } catch let error as InferenceError {
                throw GenerationError(error)
            }
            for index in rows.indices {
                guard rows[index].allSatisfy(\.isFinite) else {
                    throw GenerationError.notFinite(index: batch.inputs[index])
                }
                if !ranks { request.finish(&rows[index], isRaw: request.length == .model && model.keepsLength) }
            }
            return EmbeddingAnswer(
                vectors: batch.results.map { $0.vector(of: rows) },
                promptTokens: batch.texts.reduce(0) { $0 + $1.count }, loadDuration: loadDuration,
                totalDuration: started.duration(to: .now))
        }
    }
}

/// The texts that are computed for the inputs of a request.
private struct TextBatch {
    enum Result {
        case row(Int)
        /// Of the embeddings of a query and a document.
        case cosine(Int, Int)

        func vector(of rows: [[Float]]) -> [Float] {
            switch self {
            case .row(let row): rows[row]
            case .cosine(let query, let document):
                [Float(zip(rows[query], rows[document]).reduce(0) { $0 + Double($1.0) * Double($1.1) })]
            }
        }
    }

    private let encoder: TextEncoder
    private let ranks: Bool
    private(set) var texts: [[TokenID]] = []
    /// The place of each text's input in the request.
    private(set) var inputs: [Int] = []
    private(set) var results: [Result] = []
    private var queries: [String: Int] = [:]

    init(_ encoder: TextEncoder, ranks: Bool) {
        self.encoder = encoder
        self.ranks = ranks
    }

    mutating func add(_ input: EmbeddingRequest.Input, index: Int) throws(GenerationError) {
        guard case .pair(let query, let document) = input, !ranks else {
            return results.append(.row(try append(encoder.encode(input, index: index), index)))
        }
        let first: Int
        if let known = queries[query] {
            first = known
        } else {
            first = append(try encoder.encode(.text(query), index: index), index)
            queries[query] = first
        }
        results.append(.cosine(first, try append(encoder.encode(.text(document), index: index), index)))
    }

    private mutating func append(_ text: [TokenID], _ index: Int) -> Int {
        texts.append(text)
        inputs.append(index)
        return texts.count - 1
    }
}

extension EmbeddingRequest {
    /// Cuts a vector to the dimensions that are wanted and gives it its length.
    fileprivate func finish(_ vector: inout [Float], isRaw: Bool) {
        if let dimensions, dimensions > 0, dimensions < vector.count {
            vector.removeLast(vector.count - dimensions)
        } else if isRaw {
            return
        }
        vector = vector.normalized
    }
}

package import Chat
import Constraints
package import Inference
import Locking
package import ModelLibrary
import Tensors
package import Tokenization

/// What decides how a model's conversations are written, beside the model file.
package struct ChatFormatSource: Hashable, Sendable {
    /// A Go template: the model's own, or the request's; nil takes the template in the model file.
    package var template: String?
    package var preference: TemplatePreference
    /// What the model's configuration says of its answers.
    package var hints: AnswerHints

    package init(
        template: String?, hints: AnswerHints = AnswerHints(), preference: TemplatePreference = .automatic
    ) {
        self.template = template
        self.hints = hints
        self.preference = preference
    }
}

/// What computes a model's answers, by what it was loaded for.
package enum ModelEngine: Sendable {
    case generation(Engine)
    /// - scores: whether its rows are one number, of a pair of texts.
    case embeddings(EmbeddingEngine, scores: Bool)

    fileprivate func shutDown() {
        switch self {
        case .generation(let engine): engine.shutDown()
        case .embeddings(let engine, _): engine.shutDown()
        }
    }
}

/// A model in memory: its engine runs, its weights are mapped.
package final class RunningModel: Sendable {
    package let engine: ModelEngine
    package let tokenizer: any Tokenizer
    /// Tokens of one sequence.
    package let contextLength: Int
    /// Tokens that the model was trained for.
    package let trainedContext: Int
    /// Whether its embeddings have lengths of their own where a client of old asks for them.
    package let keepsLength: Bool
    /// Bytes of weights and of the cache.
    package let memoryBytes: Int
    /// Bytes of those that the system cannot give to others: copies of weights.
    private let copyBytes: Int
    private let weightsAreIntact: @Sendable () -> Bool
    private let makeFormat: @Sendable (ChatFormatSource) throws -> any ChatFormat
    private static let longestKeptTemplate = 64 << 10
    private let tries = Locked<[Set<TokenID>: TokenTrie]>([:])
    /// Templates that were parsed already.
    private let formats = Locked<[ChatFormatSource: any ChatFormat]>([:])

    /// What the system calls available although this model needs it: pages of the mapped file, a cache that is not
    /// filled yet.
    var reservedBytes: Int { max(memoryBytes - copyBytes, 0) }

    /// False once its files could not be read: its answers fail, and it has to be loaded anew.
    package var isIntact: Bool { weightsAreIntact() }

    /// - Parameters:
    ///   - isIntact: whether its files could be read so far.
    ///   - makeFormat: parses a template; called once for each source.
    package init(
        engine: ModelEngine, tokenizer: any Tokenizer, contextLength: Int, trainedContext: Int, memoryBytes: Int,
        copyBytes: Int = 0, keepsLength: Bool = false, isIntact: @escaping @Sendable () -> Bool = { true },
        makeFormat: @escaping @Sendable (ChatFormatSource) throws -> any ChatFormat
    ) {
        self.engine = engine
        self.tokenizer = tokenizer
        self.contextLength = contextLength
        self.trainedContext = trainedContext
        self.keepsLength = keepsLength
        self.memoryBytes = memoryBytes
        self.copyBytes = copyBytes
        weightsAreIntact = isIntact
        self.makeFormat = makeFormat
    }

    /// The vocabulary's tokens by their bytes, for constraints. Computes at the first call; blocks while another does.
    /// - Parameter marks: control tokens whose texts count as text.
    func tokenTrie(showing marks: Set<TokenID>) -> TokenTrie {
        tries.withLock { tries in
            if let known = tries[marks] { return known }
            let trie = TokenTrie(tokenizer.vocabulary, allowing: marks)
            if tries.count >= 4 { tries.removeAll() }
            tries[marks] = trie
            return trie
        }
    }

    /// How conversations with this model are written.
    /// - Throws: `templateUnusable` where the template cannot be parsed.
    package func chatFormat(_ source: ChatFormatSource) throws(GenerationError) -> any ChatFormat {
        if let known = formats.withLock({ $0[source] }) { return known }
        let format: any ChatFormat
        do {
            format = try makeFormat(source)
        } catch {
            throw .templateUnusable("\(error)")
        }
        // A request may bring a template of its own: few are kept, and none that takes much.
        guard (source.template?.utf8.count ?? 0) <= Self.longestKeptTemplate else { return format }
        formats.withLock { formats in
            if formats.count >= 8 { formats.removeAll() }
            formats[source] = format
        }
        return format
    }

    /// Ends the engine's thread and frees the cache; blocks until that is done. The weights are unmapped with the last
    /// reference to this model.
    package func unload() {
        engine.shutDown()
    }
}

/// Loads models; blocks, and is called on threads made for that.
package protocol ModelLoading: Sendable {
    /// - Parameter reservedBytes: what the system calls available and other loaded models need.
    func load(
        _ model: StoredModel, _ options: LoadOptions, reservedBytes: Int
    ) throws(GenerationError) -> RunningModel
}

import Chat
import Sampling
import Tensors
import Tokenization

/// Ends a thought that was long enough: the model has to write what closes it, and goes on with its answer.
struct ThinkingBudget: TokenConstraint {
    private let tokenizer: any Tokenizer
    private let marks: Set<TokenID>
    private let limit: Int
    /// What closes a thought.
    private let ending: [TokenID]
    private var decoder: IncrementalDecoder
    private var parser: any OutputParser
    /// Tokens of the thought so far.
    private var count = 0
    /// Tokens of the ending that were written; nil while the model thinks freely, or is done with it.
    private var written: Int?

    /// - Parameters:
    ///   - limit: tokens that a thought may have.
    ///   - parser: a reader of the answer that has read nothing yet.
    ///   - marks: tokens whose texts the parser must see.
    /// - Returns: nil where nothing closes a thought.
    init?(_ limit: Int, ending: String, parser: any OutputParser, _ tokenizer: any Tokenizer, marks: Set<TokenID>) {
        self.ending = tokenizer.encode(ending, SpecialTokens(addBoundaries: false, parse: true))
        guard !self.ending.isEmpty else { return nil }
        self.tokenizer = tokenizer
        self.marks = marks
        self.limit = max(limit, 0)
        self.parser = parser
        decoder = IncrementalDecoder(tokenizer)
        beginEnding()
    }

    mutating func restrict(_ logits: UnsafeMutableBufferPointer<Float>) {
        guard let written, logits.indices.contains(Int(ending[written])) else { return }
        let logit = logits[Int(ending[written])]
        logits.update(repeating: -.infinity)
        // A thought is closed also where the model would never do so.
        logits[Int(ending[written])] = logit.isFinite ? logit : 0
    }

    mutating func accept(_ token: TokenID) {
        if let written { self.written = written + 1 < ending.count ? written + 1 : nil }
        _ = parser.push(decoder.append(tokenizer.bytes(of: token, showingSpecial: marks.contains(token))))
        guard written == nil, parser.region == .thinking else { return }
        count += 1
        beginEnding()
    }

    private mutating func beginEnding() {
        if parser.region == .thinking, count >= limit { written = 0 }
    }
}

import Constraints
import GGUF
import SystemPackage
import Tensors
import TestSupport
import Tokenization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A schema, a document of it, and a vocabulary.
struct Sample {
    /// What stands before the document.
    enum Beginning: String, CaseIterable {
        case none = "schema"
        case thoughts = "thoughts, then schema"
    }

    private static let thoughts = "Let me see. Is it < 3 lines, or more? 「三行」 </p>\n</think>\n"
    private static let mark = "</think>\n"

    let trie: TokenTrie
    /// The document, each token the longest that fits.
    let tokens: [TokenID]
    private let thoughtTokens: [TokenID]
    private let schema: [UInt8]

    init() throws {
        let root = Vectors.directory.deletingLastPathComponent().deletingLastPathComponent()
        let path =
            ProcessInfo.processInfo.environment["APUS_VOCABULARY"]
            ?? root.appending(path: "../shared/conformance/tokenizers/gpt-2/ggml-vocab-gpt-2.gguf").path()
        let vocabulary = try TokenizerFactory.make(GGUFFile(contentsOf: FilePath(path)).metadata).vocabulary
        let folder = root.appending(path: "Benchmarks/ConstraintBenchmarks/Order")
        schema = [UInt8](try Data(contentsOf: folder.appending(path: "schema.json")))
        let document = [UInt8](try Data(contentsOf: folder.appending(path: "document.json")))
        trie = TokenTrie(vocabulary)
        let pieces = Pieces(vocabulary)
        tokens = pieces.tokens(of: document)
        thoughtTokens = pieces.tokens(of: Array(Self.thoughts.utf8))
    }

    func compile(_ beginning: Beginning = .none) throws -> Constraint {
        var grammar = try Grammar(jsonSchemaText: schema)
        if beginning == .thoughts {
            grammar.root = .sequence([.regular(.text(upTo: Array(Self.mark.utf8))), grammar.root])
        }
        return try Constraint(grammar)
    }

    func match(_ constraint: Constraint, _ beginning: Beginning) throws -> Timing {
        var matcher = ConstraintMatcher(constraint, tokens: trie)
        var timing = Timing()
        for token in (beginning == .thoughts ? thoughtTokens : []) + tokens {
            timing.masks.append(try Timing.ofOne { _ = try matcher.mask() })
            timing.accepts.append(try Timing.ofOne { try matcher.accept(token) })
        }
        return timing
    }
}

/// The tokens of a vocabulary by what they add to a text.
private struct Pieces {
    private var tokens: [ArraySlice<UInt8>: TokenID] = [:]
    private var longest = 1

    init(_ vocabulary: Vocabulary) {
        for token in 0..<TokenID(vocabulary.count) where !vocabulary.isEndOfGeneration(token) {
            let piece = vocabulary.piece(of: token, showingSpecial: false)
            if tokens[piece] == nil, !piece.isEmpty { tokens[piece] = token }
            longest = max(longest, piece.count)
        }
    }

    func tokens(of text: [UInt8]) -> [TokenID] {
        var result: [TokenID] = []
        var rest = text[...]
        while !rest.isEmpty {
            let lengths = stride(from: min(longest, rest.count), to: 0, by: -1)
            guard let length = lengths.first(where: { tokens[rest.prefix($0)] != nil }),
                let token = tokens[rest.prefix(length)]
            else { break }
            result.append(token)
            rest = rest.dropFirst(length)
        }
        return result
    }
}

import GGUF
import SystemPackage
import Tensors
import Testing
import Tokenization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What llama.cpp makes of texts with one vocabulary.
struct TokenizerVectors: Decodable {
    struct Text: Decodable {
        let text: String?
        let hex: String?

        var bytes: [UInt8] {
            if let text { return Array(text.utf8) }
            return bytesOfHex(hex ?? "")
        }
    }

    struct Case: Decodable {
        let text: String
        let tokens: [TokenID]
        let tokens_add_special: [TokenID]?
        let tokens_parse_special: [TokenID]?
        let tokens_add_and_parse_special: [TokenID]?
        let detokenized: Text?
        let detokenized_from_full_remove_special: Text?
        let detokenized_from_full_hide_special: Text?
    }

    struct RawCase: Decodable {
        let hex: String
        let tokens: [TokenID]
    }

    struct Piece: Decodable {
        let id: TokenID
        let special: Text
        let hidden: Text?
    }

    /// Tokens with a role, -1 where there is none. Not every file has all of them.
    struct Roles: Decodable {
        let n: Int
        let bos: TokenID
        let eos: TokenID
        let eot: TokenID?
        let sep: TokenID?
        let pad: TokenID?
        let mask: TokenID?
        let fim_pre: TokenID?
        let fim_suf: TokenID?
        let fim_mid: TokenID?
        let fim_pad: TokenID?
        let fim_rep: TokenID?
        let fim_sep: TokenID?
        let add_bos: Int
        let add_eos: Int
        let add_sep: Int?
        let eog: [TokenID]

        func check(_ vocabulary: Vocabulary, _ name: String) {
            #expect(vocabulary.count == n, "\(name)")
            #expect(vocabulary.addsBeginning == (add_bos != 0), "\(name)")
            #expect(vocabulary.addsEnd == (add_eos != 0), "\(name)")
            if let add_sep { #expect(vocabulary.addsSeparator == (add_sep != 0), "\(name)") }
            #expect(vocabulary.endOfGeneration.sorted() == eog, "\(name)")
            let roles = vocabulary.roles
            for (role, expected, found) in [
                ("bos", bos, roles.beginningOfText), ("eos", eos, roles.endOfText), ("eot", eot, roles.endOfTurn),
                ("sep", sep, roles.separator), ("pad", pad, roles.padding), ("mask", mask, roles.mask),
                ("fim_pre", fim_pre, roles.infillPrefix), ("fim_suf", fim_suf, roles.infillSuffix),
                ("fim_mid", fim_mid, roles.infillMiddle), ("fim_pad", fim_pad, roles.infillPadding),
                ("fim_rep", fim_rep, roles.infillRepository), ("fim_sep", fim_sep, roles.infillSeparator),
            ] {
                if let expected { #expect(found ?? -1 == expected, "\(name): \(role)") }
            }
        }
    }

    let vocab: Roles
    let strings: [Case]
    let raw_bytes: [RawCase]
    let pieces: [Piece]

    static func load(_ folder: URL) throws -> (tokenizer: any Tokenizer, vectors: TokenizerVectors) {
        let name = folder.lastPathComponent
        let file = try GGUFFile(contentsOf: FilePath(folder.appending(path: "ggml-vocab-\(name).gguf").path))
        let data = try Data(contentsOf: folder.appending(path: "tokens.json"))
        let vectors = try JSONDecoder().decode(TokenizerVectors.self, from: data)
        return (try TokenizerFactory.make(file.metadata), vectors)
    }

    /// Compares everything and returns how many cases there were.
    func check(_ tokenizer: any Tokenizer, _ name: String) -> Int {
        vocab.check(tokenizer.vocabulary, name)
        for example in strings { check(example, tokenizer, name) }
        for raw in raw_bytes {
            let tokens = bytesOfHex(raw.hex).withUnsafeBytes { tokenizer.encode(bytes: $0, .none) }
            #expect(tokens == raw.tokens, "\(name): bytes \(raw.hex)")
        }
        for piece in pieces {
            let shown = tokenizer.bytes(of: piece.id, showingSpecial: true)
            let hidden = tokenizer.bytes(of: piece.id, showingSpecial: false)
            #expect(Array(shown) == piece.special.bytes, "\(name): piece \(piece.id)")
            #expect(Array(hidden) == (piece.hidden ?? piece.special).bytes, "\(name): hidden piece \(piece.id)")
        }
        return strings.count + raw_bytes.count + pieces.count
    }

    private func check(_ example: Case, _ tokenizer: any Tokenizer, _ name: String) {
        let about: Comment = "\(name): \(example.text.debugDescription)"
        func encode(_ boundaries: Bool, _ parse: Bool) -> [TokenID] {
            tokenizer.encode(example.text, SpecialTokens(addBoundaries: boundaries, parse: parse))
        }
        let full = example.tokens_add_and_parse_special ?? example.tokens
        #expect(encode(false, false) == example.tokens, about)
        #expect(encode(true, false) == example.tokens_add_special ?? example.tokens, about)
        #expect(encode(false, true) == example.tokens_parse_special ?? example.tokens, about)
        #expect(encode(true, true) == full, about)
        if let expected = example.detokenized {
            #expect(tokenizer.detokenize(example.tokens, showSpecial: true) == expected.bytes, about)
        }
        if let expected = example.detokenized_from_full_remove_special {
            #expect(
                tokenizer.detokenize(full, removeBoundaries: true, showSpecial: true) == expected.bytes, about)
        }
        if let expected = example.detokenized_from_full_hide_special {
            #expect(tokenizer.detokenize(full, showSpecial: false) == expected.bytes, about)
        }
    }
}

func bytesOfHex(_ hex: String) -> [UInt8] {
    let digits = Array(hex.utf8)
    return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
        UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
    }
}

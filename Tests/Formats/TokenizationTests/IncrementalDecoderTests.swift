import Tensors
import Testing
import Tokenization

@Suite("Text comes whole, as soon as it is certain, and is never taken back")
struct IncrementalDecoderTests {
    /// A tokenizer whose tokens are the 256 bytes.
    private struct Bytes: Tokenizer {
        let vocabulary: Vocabulary
        init() throws { vocabulary = try Vocabulary(tokens: ["unused"]) }
        func encode(bytes: UnsafeRawBufferPointer, _ special: SpecialTokens) -> [TokenID] { bytes.map { TokenID($0) } }
        func bytes(of token: TokenID, showingSpecial: Bool) -> ArraySlice<UInt8> {
            UInt8(exactly: token).map { [$0] } ?? []
        }
    }

    private func pieces(_ bytes: [UInt8]) throws -> [String] {
        var decoder = IncrementalDecoder(try Bytes())
        return bytes.map { decoder.append(TokenID($0)) } + [decoder.finish()]
    }

    @Test("a character spread over tokens comes with its last byte")
    func splitCharacter() throws {
        #expect(try pieces(Array("a😀é".utf8)) == ["a", "", "", "", "😀", "", "é", ""])
    }

    @Test("bytes that can become no character come as U+FFFD at once")
    func invalid() throws {
        #expect(try pieces([0xFF, 0x41]) == ["\u{FFFD}", "A", ""])
        #expect(try pieces([0x80]) == ["\u{FFFD}", ""])
        #expect(try pieces([0xC0, 0x80]) == ["\u{FFFD}", "\u{FFFD}", ""])
        #expect(try pieces([0xE2, 0x28]) == ["", "\u{FFFD}(", ""])
        #expect(try pieces([0xE0, 0x80]) == ["", "\u{FFFD}\u{FFFD}", ""])
        #expect(try pieces([0xED, 0xA0, 0x80]) == ["", "\u{FFFD}\u{FFFD}", "\u{FFFD}", ""])
        #expect(try pieces([0xF4, 0x90]) == ["", "\u{FFFD}\u{FFFD}", ""])
    }

    @Test("an unfinished character becomes U+FFFD at the end")
    func unfinished() throws {
        #expect(try pieces([0xF0, 0x9F, 0x98]) == ["", "", "", "\u{FFFD}"])
        #expect(try pieces([0x41, 0xC3]) == ["A", "", "\u{FFFD}"])
    }

    @Test("however the bytes are cut, the text is that of all of them together")
    func anyCut() throws {
        var random = SeededGenerator(state: 7)
        let interesting: [UInt8] = [0x41, 0x80, 0x9F, 0xBF, 0xC3, 0xA9, 0xE2, 0x82, 0xAC, 0xED, 0xF0, 0x98, 0xF4, 0xFF]
        for _ in 0..<500 {
            let bytes = (0..<Int.random(in: 0..<12, using: &random)).map { _ in
                interesting.randomElement(using: &random) ?? 0
            }
            var decoder = IncrementalDecoder(try Bytes())
            var text = ""
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...min(4, rest.count), using: &random)
                text += decoder.append(rest.prefix(count))
                rest = rest.dropFirst(count)
            }
            text += decoder.finish()
            #expect(text == String(decoding: bytes, as: UTF8.self), "\(bytes)")
        }
    }
}

/// Numbers that are the same in every run.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}

import Inference
import Sampling
import Tensors
import Testing

@Suite("What followed the last tokens before is found")
struct NGramIndexTests {
    @Test("the continuation of the latest occurrence, with the length of the match")
    func latest() {
        let index = NGramIndex([9, 1, 2, 3, 4, 5, 8, 1, 2, 3, 6, 7, 0, 1, 2, 3])
        #expect(index.match(limit: 2) == NGramIndex.Match(length: 3, continuation: [6, 7]))
    }

    @Test("a longer match is preferred to a later one")
    func longest() {
        let index = NGramIndex([7, 8, 1, 2, 3, 4, 5, 0, 1, 2, 3, 6, 6, 7, 8, 1, 2, 3])
        #expect(index.match(limit: 2) == NGramIndex.Match(length: 5, continuation: [4, 5]))
    }

    @Test("fewer than three common tokens are no match, nor is a limit of nothing")
    func none() {
        #expect(NGramIndex([]).match(limit: 4) == nil)
        #expect(NGramIndex([1, 2, 3]).match(limit: 4) == nil)
        #expect(NGramIndex([1, 2, 3, 4, 9, 2, 3]).match(limit: 4) == nil)
        #expect(NGramIndex([1, 1, 1, 1]).match(limit: 0) == nil)
    }

    @Test("a text that repeats is taken to go on")
    func period() {
        let index = NGramIndex([1, 2, 3, 4, 1, 2, 3])
        #expect(index.match(limit: 9)?.continuation == [4, 1, 2, 3, 4, 1, 2, 3, 4])
    }

    @Test("tokens that differ beyond what a key keeps do not match")
    func largeTokens() {
        let far: TokenID = 1 << 21
        #expect(NGramIndex([1, 2, 3, 4, 1 + far, 2, 3]).match(limit: 1) == nil)
        #expect(NGramIndex([1 + far, 2, 3, 4, 1, 2, 3, 5, 1 + far, 2, 3]).match(limit: 1)?.continuation == [4])
    }

    @Test("what is found is what a search through the whole text finds", arguments: 0..<10)
    func search(seed: UInt64) throws {
        var random = RandomSource(seed: seed)
        var index = NGramIndex()
        var text: [TokenID] = []
        for _ in 0..<600 {
            let match = index.match(limit: 4)
            let end = text.count
            let place = (3..<max(end, 3)).last { end >= 3 && text[$0 - 3..<$0] == text[(end - 3)...] }
            #expect((match == nil) == (place == nil))
            if let match {
                #expect(match.continuation.count == 4)
                let suffix = text.suffix(match.length)
                let isThere = (match.length..<end).contains {
                    text[$0 - match.length..<$0] == suffix && text[$0] == match.continuation[0]
                }
                #expect(isThere)
            }
            let token = TokenID(random.next() % 4)
            text.append(token)
            index.append(token)
        }
    }

    @Test("a text that grows for ever is cut, and its end is still known")
    func bounded() {
        var index = NGramIndex(capacity: 100)
        for number in 0..<5_000 {
            index.append(TokenID(number % 37))
            #expect(index.count <= 100)
        }
        #expect(index.match(limit: 3)?.continuation == (0..<3).map { TokenID((5_000 + $0) % 37) })
    }
}

package import Tensors
package import Tokenization

/// The bytes of all tokens of a vocabulary, as a tree in the order of a walk down, first children first.
package struct TokenTrie: Sendable {
    struct Node {
        /// The first node that is not below this one.
        let skip: Int32
        /// Where the tokens that end here begin in the list of tokens; they end where those of the next node begin.
        let firstToken: Int32
        let depth: UInt16
        let byte: UInt8
        /// Of all bytes below the node.
        var kinds = ByteKinds.none
        /// How far the deepest node below it lies below it.
        var height: UInt16 = 0
    }

    /// A tree of its own for tokens of some length: a walk is valid for all states that agree on that many bytes, and
    /// few tokens are long.
    struct Part {
        let root: Int32
        let longest: Int
    }

    final class Storage: Sendable {
        let nodes: [Node]
        let tokens: [TokenID]
        let parts: [Part]
        let vocabulary: Vocabulary
        let allowed: Set<TokenID>
        let endOfGeneration: [TokenID]

        fileprivate init(
            _ vocabulary: Vocabulary, allowing allowed: Set<TokenID>, nodes: [Node], tokens: [TokenID], parts: [Part]
        ) {
            self.vocabulary = vocabulary
            self.allowed = allowed
            self.nodes = nodes
            self.tokens = tokens
            self.parts = parts
            endOfGeneration = vocabulary.endOfGeneration.filter(vocabulary.contains).sorted()
        }
    }

    private static let longestShort = 16

    let storage: Storage

    /// - Parameter allowed: control tokens whose texts count as text, such as marks of thoughts; no others do.
    package init(_ vocabulary: Vocabulary, allowing allowed: Set<TokenID> = []) {
        var texts: [(token: TokenID, bytes: ArraySlice<UInt8>)] = []
        texts.reserveCapacity(vocabulary.count)
        for token in 0..<TokenID(vocabulary.count) {
            let bytes = Self.bytes(of: token, in: vocabulary, allowing: allowed)
            if !bytes.isEmpty { texts.append((token, bytes)) }
        }
        texts.sort { $0.bytes.lexicographicallyPrecedes($1.bytes) }
        var builder = Builder()
        builder.add(texts.filter { $0.bytes.count <= Self.longestShort })
        builder.add(texts.filter { $0.bytes.count > Self.longestShort })
        storage = Storage(
            vocabulary, allowing: allowed, nodes: builder.finished(), tokens: builder.tokens, parts: builder.parts)
    }

    /// Tokens of the vocabulary.
    package var count: Int { storage.vocabulary.count }

    /// What `token` adds to a text; nothing for tokens that add no text, and those that end it.
    func bytes(of token: TokenID) -> ArraySlice<UInt8> {
        Self.bytes(of: token, in: storage.vocabulary, allowing: storage.allowed)
    }

    func isEnd(_ token: TokenID) -> Bool { storage.vocabulary.isEndOfGeneration(token) }

    private static func bytes(
        of token: TokenID, in vocabulary: Vocabulary, allowing allowed: Set<TokenID>
    ) -> ArraySlice<UInt8> {
        guard !vocabulary.isEndOfGeneration(token) else { return [] }
        return vocabulary.piece(of: token, showingSpecial: allowed.contains(token))
    }
}

extension TokenTrie {
    private struct Builder {
        private struct Open {
            var index: Int
            var byte: UInt8
            var firstToken: Int32
        }

        private var open: [Open] = []
        private var nodes: [Node] = []
        private(set) var tokens: [TokenID] = []
        private(set) var parts: [Part] = []

        /// - Parameter texts: in the order of their bytes.
        mutating func add(_ texts: [(token: TokenID, bytes: ArraySlice<UInt8>)]) {
            guard !texts.isEmpty else { return }
            parts.append(Part(root: Int32(nodes.count), longest: texts.map(\.bytes.count).max() ?? 0))
            push(0)
            var previous: ArraySlice<UInt8> = []
            for (token, bytes) in texts {
                let shared = zip(previous, bytes).prefix { $0 == $1 }.count
                close(to: shared)
                for byte in bytes.dropFirst(shared) { push(byte) }
                tokens.append(token)
                previous = bytes
            }
            close(to: -1)
        }

        private mutating func push(_ byte: UInt8) {
            open.append(Open(index: nodes.count, byte: byte, firstToken: Int32(tokens.count)))
            nodes.append(Node(skip: 0, firstToken: 0, depth: 0, byte: 0))
        }

        /// Finishes the nodes below `depth`.
        private mutating func close(to depth: Int) {
            while open.count > depth + 1, let node = open.popLast() {
                let (kinds, height) = below(node.index)
                nodes[node.index] = Node(
                    skip: Int32(nodes.count), firstToken: node.firstToken, depth: UInt16(open.count), byte: node.byte,
                    kinds: kinds, height: height)
            }
        }

        /// What is below a node whose children are finished.
        private func below(_ index: Int) -> (kinds: ByteKinds, height: UInt16) {
            var kinds = ByteKinds.none
            var height: UInt16 = 0
            var child = index + 1
            while child < nodes.count {
                let node = nodes[child]
                kinds.formUnion(ByteKinds(node.byte))
                kinds.formUnion(node.kinds)
                height = max(height, node.height + 1)
                child = Int(node.skip)
            }
            return (kinds, height)
        }

        /// The nodes, and one after the last that ends its tokens.
        func finished() -> [Node] {
            nodes + [Node(skip: Int32(nodes.count + 1), firstToken: Int32(tokens.count), depth: 0, byte: 0)]
        }
    }
}

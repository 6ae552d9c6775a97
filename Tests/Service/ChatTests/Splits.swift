import Chat

/// Every way to cut a text into up to three pieces, and into single characters.
func splits(of text: String) -> [[String]] {
    let scalars = Array(text.unicodeScalars)
    func piece(_ range: Range<Int>) -> String { String(String.UnicodeScalarView(scalars[range])) }
    var result = [[text], scalars.map { String($0) }]
    for first in 0...scalars.count {
        for second in first...scalars.count {
            result.append([piece(0..<first), piece(first..<second), piece(second..<scalars.count)])
        }
    }
    return result
}

extension Sequence<OutputPart> {
    /// With neighbours of one kind as one part.
    var joined: [OutputPart] {
        reduce(into: []) { result, part in
            switch (result.last, part) {
            case (.content(let first), .content(let second)): result[result.count - 1] = .content(first + second)
            case (.thinking(let first), .thinking(let second)): result[result.count - 1] = .thinking(first + second)
            default: result.append(part)
            }
        }
    }
}

extension OutputParser {
    /// What the parser makes of the pieces.
    func parts(of pieces: [String]) -> [OutputPart] {
        var parser = self
        return (pieces.flatMap { parser.push($0) } + parser.finish()).joined
    }
}

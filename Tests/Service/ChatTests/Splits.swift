import Chat
import JSON
import Testing

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
            case (.toolCallArguments(let first), .toolCallArguments(let second)):
                result[result.count - 1] = .toolCallArguments(first + second)
            default: result.append(part)
            }
        }
    }

    /// With calls as wholes only. Records an issue where a call is not what its pieces said.
    func wholes(_ location: SourceLocation = #_sourceLocation) -> [OutputPart] {
        var open: (id: String?, name: String)?
        var arguments = ""
        var result: [OutputPart] = []
        for part in self {
            switch part {
            case .toolCallStart(let id, let name):
                #expect(open == nil, "a call begins within another", sourceLocation: location)
                open = (id, name)
                arguments = ""
            case .toolCallArguments(let text):
                #expect(open != nil, "arguments of no call", sourceLocation: location)
                arguments += text
            case .toolCallAbandoned:
                #expect(open != nil, "no call to abandon", sourceLocation: location)
                open = nil
            case .toolCall(let call):
                #expect(open?.name == call.name && open?.id == call.id, sourceLocation: location)
                let told = (try? JSONParser.parse(arguments))?.objectValue
                #expect(told == call.arguments, "\(arguments)", sourceLocation: location)
                open = nil
                result.append(part)
            case .content, .thinking:
                #expect(open == nil, "text within a call", sourceLocation: location)
                result.append(part)
            }
        }
        #expect(open == nil, "a call without end", sourceLocation: location)
        return result.joined
    }
}

extension OutputParser {
    /// All that the parser makes of the pieces.
    func events(of pieces: [String]) -> [OutputPart] {
        var parser = self
        return (pieces.flatMap { parser.push($0) } + parser.finish()).joined
    }

    /// What the parser makes of the pieces, calls as wholes.
    func parts(of pieces: [String], _ location: SourceLocation = #_sourceLocation) -> [OutputPart] {
        events(of: pieces).wholes(location)
    }
}

extension ByteOutputParser {
    /// All that the parser makes of a text that is cut before some of its bytes.
    func events(of bytes: [UInt8], cutAt cuts: [Int]) -> [OutputPart] {
        var parser = self
        var parts: [OutputPart] = []
        var start = 0
        for end in cuts + [bytes.count] {
            parts += parser.push(bytes: bytes[start..<end])
            start = end
        }
        return (parts + parser.finish()).joined
    }
}

package import APITypes
package import Generation

/// Turns the events of a generation into the objects of one API.
package protocol WireStream: Sendable {
    associatedtype Chunk: WireEncodable
    associatedtype Whole: WireEncodable
    associatedtype Frame: Framing

    /// The objects before any event.
    mutating func start(promptTokens: Int) -> [Chunk]
    /// The objects that an event adds to the stream.
    mutating func chunks(for event: GenerationEvent) -> [Chunk]
    /// The one object where no stream is wanted.
    func whole(_ answer: Answer) -> Whole
}

extension WireStream {
    package mutating func start(promptTokens: Int) -> [Chunk] { [] }
}

/// A stream that can tell of several answers to one request.
package protocol WireStreamOfChoices: WireStream {
    /// The stream of one of them, as it was before any event.
    func choice(_ index: Int) -> Self
    /// The objects after all of them.
    func end(_ summaries: [GenerationSummary]) -> [Chunk]
    func whole(_ answers: [Answer]) -> Whole
}

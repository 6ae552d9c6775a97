package import APITypes
package import Generation

/// Turns the events of a generation into the objects of one API.
package protocol WireStream: Sendable {
    associatedtype Chunk: WireEncodable
    associatedtype Whole: WireEncodable
    associatedtype Frame: Framing

    /// The objects that an event adds to the stream.
    mutating func chunks(for event: GenerationEvent) -> [Chunk]
    /// The one object where no stream is wanted.
    func whole(_ answer: Answer) -> Whole
}

import APITypes
import Hummingbird
import JSON
import NIOCore

extension Request {
    /// Bytes of JSON that are read; pictures in it are the reason for a limit this high.
    private static let bodyLimit = 64 << 20

    /// Reads the body as Go's decoder does: one JSON value, whatever the content type; what follows it is ignored.
    mutating func decode<Value: WireDecodable>(
        _ type: Value.Type, emptyBody: String = FailureText.missingBody
    ) async throws -> Value {
        let buffer: ByteBuffer
        do {
            buffer = try await collectBody(upTo: Self.bodyLimit)
        } catch is NIOTooManyBytesError {
            throw APIFailure(.contentTooLarge, "the request body is larger than \(Self.bodyLimit >> 20) MiB")
        }
        guard buffer.readableBytes > 0 else { throw APIFailure(.badRequest, emptyBody) }
        do {
            let options = JSONParser.Options(replacesInvalidUTF8: true)
            return try Value(JSONParser.parsePrefix(of: Array(buffer.readableBytesView), options: options).value)
        } catch let error as JSONError {
            throw APIFailure(.badRequest, error.description)
        } catch let error as WireError {
            throw APIFailure(.badRequest, error.description)
        }
    }
}

import APITypes
import HTTPTypes
import Hummingbird
import JSON
import NIOCore

extension Request {
    /// Bytes of JSON that are read; pictures in it are the reason for a limit this high.
    private static let bodyLimit = 64 << 20

    /// Reads the body as Go's decoder does: one JSON value, whatever the content type; what follows it is ignored.
    func decode<Value: WireDecodable>(
        _ type: Value.Type, emptyBody: String = FailureText.missingBody
    ) async throws -> Value {
        let bytes = try await bodyBytes()
        guard !bytes.isEmpty else { throw APIFailure(.badRequest, emptyBody) }
        do {
            let options = JSONParser.Options(replacesInvalidUTF8: true)
            return try Value(JSONParser.parsePrefix(of: bytes, options: options).value)
        } catch let error as JSONError {
            throw APIFailure(.badRequest, error.description)
        } catch let error as WireError {
            throw APIFailure(.badRequest, error.description)
        }
    }

    /// The whole body, in memory once.
    private func bodyBytes() async throws -> [UInt8] {
        let tooLarge = APIFailure(
            .contentTooLarge, "the request body is larger than \(Self.bodyLimit >> 20) MiB")
        let announced = headers[.contentLength].flatMap { Int($0) } ?? 0
        guard announced <= Self.bodyLimit else { throw tooLarge }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(max(announced, 0))
        for try await piece in body {
            guard piece.readableBytes <= Self.bodyLimit - bytes.count else { throw tooLarge }
            bytes += piece.readableBytesView
        }
        return bytes
    }
}

import APITypes
import HTTPTypes
import Hummingbird
import HummingbirdCore
import ModelLibrary
import NIOCore

/// `/api/blobs/sha256:…` takes the files that a model is made of.
enum Blobs: Endpoint {
    /// What the paths begin with.
    static let path = "/api/blobs/"

    static func mount(on routes: inout RouteTable, _ services: Services) {
        routes.on(.head, path + ":digest") { _, context in
            let digest = try digest(in: context)
            guard try await isStored(digest, services) else {
                throw APIFailure(.notFound, "blob \"\(digest)\" not found")
            }
            return Response(status: .ok)
        }
        routes.on(.post, path + ":digest") { request, context in
            let digest = try digest(in: context)
            if try await isStored(digest, services) { return Response(status: .ok) }
            try await receive(request.body, as: digest, services)
            return Response(status: .created)
        }
    }

    private static func digest(in context: AppContext) throws -> Digest {
        try Digest(context.parameters.get("digest") ?? "")
    }

    private static func isStored(_ digest: Digest, _ services: Services) async throws -> Bool {
        try await services.blocking { try services.store.blobs.size(of: digest) != nil }
    }

    /// Writes as the bytes arrive: the client waits for the disk.
    private static func receive(_ body: RequestBody, as digest: Digest, _ services: Services) async throws {
        let writer = try await services.blocking { try services.store.blobs.makeWriter(expecting: digest) }
        var pending = ByteBuffer()
        for try await var chunk in body {
            pending.writeBuffer(&chunk)
            guard pending.readableBytes >= chunkSize else { continue }
            let full = pending
            pending = ByteBuffer()
            try await services.blocking { try writer.write(Array(full.readableBytesView)) }
        }
        let rest = pending
        _ = try await services.blocking {
            try writer.write(Array(rest.readableBytesView))
            return try writer.commit()
        }
    }

    private static let chunkSize = 1 << 20
}

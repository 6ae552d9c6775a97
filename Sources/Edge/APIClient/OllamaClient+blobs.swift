import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
package import SystemPackage

extension OllamaClient {
    /// - Parameter digest: `sha256:` and 64 hexadecimal digits.
    package func hasBlob(_ digest: String) async throws -> Bool {
        do {
            _ = try await send(.HEAD, "/api/blobs/\(digest)")
            return true
        } catch let error as APIClientError where error.isNotFound {
            return false
        }
    }

    /// Sends a file, read as fast as the server takes it.
    /// - Parameter progress: told the bytes sent so far.
    package func uploadBlob(
        _ path: FilePath, digest: String, progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws {
        let file = try await FileUpload.open(path)
        do {
            let body = HTTPClientRequest.Body.stream(
                FileUpload(path: path, file: file.descriptor, progress: progress), length: .known(Int64(file.size)))
            _ = try await send(.POST, "/api/blobs/\(digest)", body: body, contentType: "application/octet-stream")
        } catch {
            try? await FileUpload.close(file.descriptor)
            throw error
        }
        try? await FileUpload.close(file.descriptor)
    }
}

/// The chunks of a file, read on threads made for blocking.
private struct FileUpload: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let path: FilePath
    let file: SystemPackage.FileDescriptor
    let progress: @Sendable (Int) -> Void

    private static let threads = NIOThreadPool.singleton
    private static let chunkSize = 1 << 20

    static func open(_ path: FilePath) async throws -> (descriptor: SystemPackage.FileDescriptor, size: Int) {
        try await blocking(path) {
            let file = try SystemPackage.FileDescriptor.open(
                path, .readOnly, options: [.closeOnExec, .nonBlocking])
            do {
                let size = try file.seek(offset: 0, from: .end)
                try file.seek(offset: 0, from: .start)
                return (file, Int(size))
            } catch {
                try? file.close()
                throw error
            }
        }
    }

    static func close(_ file: SystemPackage.FileDescriptor) async throws {
        try await threads.runIfActive { try file.close() }
    }

    private static func blocking<Value: Sendable>(
        _ path: FilePath, _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        do {
            return try await threads.runIfActive(work)
        } catch let error as Errno {
            throw APIClientError.unreadableFile(path.string, reason: error.description)
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(upload: self) }

    struct AsyncIterator: AsyncIteratorProtocol {
        let upload: FileUpload
        private var sent = 0

        init(upload: FileUpload) {
            self.upload = upload
        }

        mutating func next() async throws -> ByteBuffer? {
            let file = upload.file
            let bytes = try await FileUpload.blocking(upload.path) {
                try [UInt8](unsafeUninitializedCapacity: FileUpload.chunkSize) { buffer, count in
                    count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
                }
            }
            guard !bytes.isEmpty else { return nil }
            sent += bytes.count
            upload.progress(sent)
            return ByteBuffer(bytes: bytes)
        }
    }
}

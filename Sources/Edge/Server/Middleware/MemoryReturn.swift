import Hummingbird
import Locking
import ModelLibrary

/// Gives memory back to the system after requests that used much: the C library keeps what is freed, in an area for each
/// thread, so that one large request after the other would leave its peak behind on every thread.
struct MemoryReturn: RouterMiddleware {
    typealias Context = AppContext

    /// What memory may grow by before unused pages are given back.
    private static let keptBytes = 32 << 20
    /// Requests that end within this time are looked at together, when they are gone.
    private static let delay: Duration = .milliseconds(500)

    private let isScheduled = Locked(false)
    /// Bytes in use when pages were given back for the last time, or less since.
    private let floor = Locked(ProcessMemory.anonymousBytes ?? .max)

    func handle(
        _ request: Request, context: AppContext, next: @concurrent (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch {
            schedule()
            throw error
        }
        let body = response.body
        guard body.contentLength == nil else {
            schedule()
            return response
        }
        response.body = ResponseBody { writer in
            defer { schedule() }
            try await body.write(writer)
        }
        return response
    }

    private func schedule() {
        let isFirst = isScheduled.withLock { isScheduled in
            defer { isScheduled = true }
            return !isScheduled
        }
        guard isFirst else { return }
        Task {
            try? await Task.sleep(for: Self.delay)
            isScheduled.withLock { $0 = false }
            try? await BlockingThreads.shared.run { giveBack() }
        }
    }

    private func giveBack() {
        guard let used = ProcessMemory.anonymousBytes else { return }
        let hasGrown = floor.withLock { floor in
            floor = min(floor, used)
            return used - floor > Self.keptBytes
        }
        guard hasGrown else { return }
        ProcessMemory.returnUnused()
        let left = ProcessMemory.anonymousBytes ?? used
        floor.withLock { $0 = left }
    }
}

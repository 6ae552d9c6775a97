import Architectures
package import ModelLibrary
import SystemPackage
import Tokenization

/// What is in memory once: a file's weights, for what they are used.
private struct ModelKey: Hashable, Comparable, Sendable {
    let path: String
    let purpose: ModelPurpose

    static func < (left: Self, right: Self) -> Bool {
        (left.path, left.purpose.rawValue) < (right.path, right.purpose.rawValue)
    }
}

/// Keeps models in memory for as long as they are asked for: performs what `ModelTable` decides.
package actor ModelManager {
    private typealias Table = ModelTable<ModelKey, ContinuousClock.Instant>

    private struct Resident {
        let model: RunningModel
        /// The name that was asked for last, of those of the same weights.
        var name: ModelName
        var digest: Digest
    }

    /// A request that waits for its model.
    private struct Waiter {
        let model: StoredModel
        let continuation: CheckedContinuation<RunningModel, any Error>
    }

    private let loader: any ModelLoading
    private var table: Table
    /// Names for the same file share a model.
    private var residents: [ModelKey: Resident] = [:]
    private var waiters: [UInt64: Waiter] = [:]
    private var nextRequest: UInt64 = 0
    private var alarm: Task<Void, Never>?
    private var emptied: [CheckedContinuation<Void, Never>] = []

    package init(_ settings: GenerationSettings, loader: any ModelLoading) {
        table = Table(settings)
        self.loader = loader
    }

    /// Runs `body` with `model` in memory; it stays there at least until `body` ends.
    /// - Throws: `GenerationError`, `CancellationError` where the task is cancelled while it waits, or what `body` throws.
    package nonisolated func withModel<Result: Sendable>(
        _ model: StoredModel, _ options: LoadOptions, keepAlive: KeepAlive?,
        _ body: (RunningModel) async throws -> Result
    ) async throws -> Result {
        guard let path = model.modelPath?.string else {
            throw GenerationError.modelUnusable(
                model: model.name.description, reason: "it has no weights on this machine")
        }
        let key = ModelKey(path: path, purpose: options.purpose)
        let loaded = try await acquire(model, key, options, keepAlive)
        do {
            let result = try await body(loaded)
            await release(key)
            return result
        } catch {
            await release(key)
            throw error
        }
    }

    /// Unloads a model as soon as nobody uses it.
    package func unload(_ model: StoredModel) {
        guard let path = model.modelPath?.string else { return }
        for purpose in ModelPurpose.allCases {
            perform(table.unload(ModelKey(path: path, purpose: purpose), now: .now))
        }
    }

    /// Why a request would be refused now.
    var refusal: GenerationError? { table.refusal }

    /// The tokenizer of a model that is in memory.
    func tokenizer(of model: StoredModel) -> (any Tokenizer)? {
        guard let path = model.modelPath?.string else { return nil }
        return ModelPurpose.allCases.lazy.compactMap { [residents] in
            residents[ModelKey(path: path, purpose: $0)]?.model.tokenizer
        }.first
    }

    package func loadedModels() -> [LoadedModelStatus] {
        let now = ContinuousClock.now
        return table.ready(now).compactMap { key, expires in
            guard let resident = residents[key] else { return nil }
            return LoadedModelStatus(
                name: resident.name, digest: resident.digest, size: resident.model.memoryBytes,
                contextLength: resident.model.contextLength,
                expires: expires.map { WallClock.now + (now.duration(to: $0) / .seconds(1)) })
        }
    }

    /// Refuses new requests, fails those that wait, and returns once every model is unloaded. Running generations go on:
    /// end them first.
    package func shutDown() async {
        perform(table.shutDown(now: .now))
        guard !table.isEmpty else { return }
        await withCheckedContinuation { emptied.append($0) }
    }

    // MARK: Requests

    private func acquire(
        _ model: StoredModel, _ key: ModelKey, _ options: LoadOptions, _ keepAlive: KeepAlive?
    ) async throws -> RunningModel {
        let id = nextRequest
        nextRequest += 1
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                guard !Task.isCancelled else { return continuation.resume(throwing: CancellationError()) }
                waiters[id] = Waiter(model: model, continuation: continuation)
                perform(table.acquire(id, key, options, keepAlive, now: .now))
            }
        } onCancel: {
            Task { await self.cancel(id) }
        }
    }

    private func cancel(_ id: UInt64) {
        // Without a waiter the request was answered already, and is released by who got the model.
        guard let waiter = waiters.removeValue(forKey: id) else { return }
        waiter.continuation.resume(throwing: CancellationError())
        perform(table.cancel(id, now: .now))
    }

    private func release(_ key: ModelKey) {
        if residents[key]?.model.isIntact == false { perform(table.retire(key, now: .now)) }
        perform(table.release(key, now: .now))
    }

    // MARK: Actions

    private func perform(_ actions: [Table.Action]) {
        for action in actions {
            switch action {
            case .load(let key, let options, let id): load(key, options, for: id)
            case .unload(let key): unload(key)
            case .grant(let id, let key): grant(id, key)
            case .fail(let id, let error): waiters.removeValue(forKey: id)?.continuation.resume(throwing: error)
            }
        }
        setAlarm()
        guard table.isEmpty else { return }
        for continuation in emptied { continuation.resume() }
        emptied = []
    }

    private func grant(_ id: UInt64, _ key: ModelKey) {
        guard let resident = residents[key], let waiter = waiters.removeValue(forKey: id) else {
            // It was cancelled in this very moment.
            return perform(table.release(key, now: .now))
        }
        residents[key]?.name = waiter.model.name
        residents[key]?.digest = waiter.model.digest
        waiter.continuation.resume(returning: resident.model)
    }

    /// - Parameter id: a request that waits, since it is cancelled and leaves the table in one step.
    private func load(_ key: ModelKey, _ options: LoadOptions, for id: UInt64) {
        guard let stored = waiters[id]?.model else {
            return perform(table.loadFailed(key, .modelNotFound(key.path), now: .now))
        }
        let reservedBytes = residents.values.reduce(0) { $0 + $1.model.reservedBytes }
        Task {
            do {
                let model = try await BlockingThreads.shared.run { [loader] in
                    try loader.load(stored, options, reservedBytes: reservedBytes)
                }
                residents[key] = Resident(model: model, name: stored.name, digest: stored.digest)
                perform(table.loaded(key, trainedContext: model.trainedContext, now: .now))
            } catch let error as GenerationError {
                perform(table.loadFailed(key, error, now: .now))
            } catch {
                let failure = GenerationError.modelUnusable(model: stored.name.description, reason: "\(error)")
                perform(table.loadFailed(key, failure, now: .now))
            }
        }
    }

    private func unload(_ key: ModelKey) {
        let model = residents.removeValue(forKey: key)?.model
        Task {
            _ = try? await BlockingThreads.shared.run { model?.unload() }
            perform(table.unloaded(key, now: .now))
        }
    }

    /// Wakes the table when the next model expires.
    private func setAlarm() {
        alarm?.cancel()
        alarm = table.nextDeadline.map { deadline in
            Task {
                guard (try? await Task.sleep(until: deadline, clock: .continuous)) != nil else { return }
                perform(table.tick(now: .now))
            }
        }
    }
}

import DequeModule

/// Which models are in memory, who uses them, and what is done next. Events in, actions out; no clock, no input or output.
///
/// One model is loaded at a time; requests for models in memory do not wait for that. Where there is no place for another
/// model, an idle one goes: the one kept for the shortest time, of those the one that was idle the longest.
package struct ModelTable<Key: Hashable & Comparable & Sendable, Instant: InstantProtocol>: Sendable
where Instant.Duration == Duration, Instant: Sendable {
    package typealias RequestID = UInt64

    package enum Action: Hashable, Sendable {
        /// Load the model as this request, which waits, wants it.
        case load(Key, LoadOptions, for: RequestID)
        case unload(Key)
        /// The request holds the model until `release`.
        case grant(RequestID, Key)
        case fail(RequestID, GenerationError)
    }

    private enum Phase: Hashable, Sendable { case loading, ready, unloading }

    private struct Entry: Sendable {
        var phase = Phase.loading
        let options: LoadOptions
        var trainedContext = Int.max
        var keepAlive: KeepAlive
        var leases = 0
        var idleSince: Instant
        /// Goes as soon as it is idle.
        var isLeaving = false

        func expires(_ now: Instant) -> Instant? {
            guard case .duration(let duration) = keepAlive else { return nil }
            return (leases > 0 ? now : idleSince).advanced(by: duration)
        }

        /// Whether a request can have the model now.
        func serves(_ options: LoadOptions) -> Bool {
            phase == .ready && !isLeaving && self.options.cover(options, trainedContext: trainedContext)
        }

        func isDue(_ now: Instant) -> Bool {
            guard phase == .ready, leases == 0 else { return false }
            return isLeaving || expires(now).map { $0 <= now } ?? false
        }
    }

    private struct Request: Sendable {
        let id: RequestID
        let key: Key
        let options: LoadOptions
        let keepAlive: KeepAlive?
        /// Memory ran out with other models beside: they must all go first.
        var needsAllMemory = false
    }

    private let settings: GenerationSettings
    private var entries: [Key: Entry] = [:]
    private var queue: Deque<Request> = []
    private var isShutDown = false

    package init(_ settings: GenerationSettings) {
        self.settings = settings
    }

    /// When something happens by itself: the next model expires.
    package var nextDeadline: Instant? {
        entries.values.filter { $0.phase == .ready && $0.leases == 0 }.compactMap { $0.expires($0.idleSince) }.min()
    }

    /// Whether no model is in memory, or on its way there or away.
    package var isEmpty: Bool { entries.isEmpty }
    package var waitingCount: Int { queue.count }

    /// Models in memory; for each, when it goes if nobody asks for it any more (nil: never).
    package func ready(_ now: Instant) -> [(key: Key, expires: Instant?)] {
        entries.filter { $0.value.phase == .ready }.map { ($0.key, $0.value.expires(now)) }
    }

    /// Why a request may be refused now, by the model it asks for; nil where each would be taken.
    package var refusal: GenerationError? {
        if isShutDown { return .shuttingDown }
        return queueIsFull || entries.values.contains(where: isFull) ? .overloaded : nil
    }

    // MARK: Events

    package mutating func acquire(
        _ id: RequestID, _ key: Key, _ options: LoadOptions, _ keepAlive: KeepAlive?, now: Instant
    ) -> [Action] {
        guard !isShutDown else { return [.fail(id, .shuttingDown)] }
        let request = Request(id: id, key: key, options: options, keepAlive: keepAlive)
        guard hasPlace(for: request) else { return [.fail(id, .overloaded)] }
        queue.append(request)
        return advance(now)
    }

    /// The request does not wait any more. Nothing happens where it was granted or failed already.
    package mutating func cancel(_ id: RequestID, now: Instant) -> [Action] {
        queue.removeAll { $0.id == id }
        return advance(now)
    }

    /// - Parameter trainedContext: what the model's context cannot exceed.
    package mutating func loaded(_ key: Key, trainedContext: Int, now: Instant) -> [Action] {
        entries[key]?.phase = .ready
        entries[key]?.trainedContext = trainedContext
        entries[key]?.idleSince = now
        return advance(now)
    }

    package mutating func loadFailed(_ key: Key, _ error: GenerationError, now: Instant) -> [Action] {
        let options = entries.removeValue(forKey: key)?.options
        func isMeant(_ request: Request) -> Bool { request.key == key && request.options == options }
        if case .outOfMemory = error, !entries.isEmpty, let index = queue.firstIndex(where: isMeant) {
            queue[index].needsAllMemory = true
            return advance(now)
        }
        let failed = queue.filter(isMeant)
        queue.removeAll(where: isMeant)
        return failed.map { .fail($0.id, error) } + advance(now)
    }

    /// A granted request is done.
    package mutating func release(_ key: Key, now: Instant) -> [Action] {
        entries[key]?.leases -= 1
        entries[key]?.idleSince = now
        return advance(now)
    }

    /// The model goes as soon as it is idle, unless a request keeps it anew.
    package mutating func unload(_ key: Key, now: Instant) -> [Action] {
        entries[key]?.keepAlive = .duration(.zero)
        return advance(now)
    }

    /// The model cannot be used any more: it goes as soon as it is idle, and whoever asks for it gets it loaded anew.
    package mutating func retire(_ key: Key, now: Instant) -> [Action] {
        entries[key]?.isLeaving = true
        return advance(now)
    }

    package mutating func unloaded(_ key: Key, now: Instant) -> [Action] {
        entries[key] = nil
        return advance(now)
    }

    /// Time has passed.
    package mutating func tick(now: Instant) -> [Action] { advance(now) }

    /// Refuses what waits, and unloads every model once it is idle.
    package mutating func shutDown(now: Instant) -> [Action] {
        isShutDown = true
        let refused = queue.map { Action.fail($0.id, .shuttingDown) }
        queue.removeAll()
        for key in entries.keys { entries[key]?.isLeaving = true }
        return refused + advance(now)
    }

    // MARK: What follows

    private func hasPlace(for request: Request) -> Bool {
        guard let entry = entries[request.key], entry.serves(request.options) else {
            return !queueIsFull
        }
        return !isFull(entry)
    }

    private var queueIsFull: Bool { queue.count >= max(settings.maximumQueue, 1) }

    private func isFull(_ entry: Entry) -> Bool {
        entry.leases >= settings.parallelSequences + settings.maximumQueue
    }

    private mutating func advance(_ now: Instant) -> [Action] {
        var actions = grantReady()
        actions += startNext(now)
        for (key, entry) in entries.sorted(by: { $0.key < $1.key }) where entry.isDue(now) {
            entries[key]?.phase = .unloading
            entries[key]?.isLeaving = true
            actions.append(.unload(key))
        }
        return actions
    }

    /// Gives every request its model whose model is there.
    private mutating func grantReady() -> [Action] {
        var actions: [Action] = []
        var waiting: Deque<Request> = []
        for request in queue {
            guard var entry = entries[request.key], entry.serves(request.options) else {
                waiting.append(request)
                continue
            }
            entry.leases += 1
            entry.keepAlive = request.keepAlive ?? entry.keepAlive
            entries[request.key] = entry
            actions.append(.grant(request.id, request.key))
        }
        queue = waiting
        return actions
    }

    /// Loads the first waiting request's model, or makes room for it.
    private mutating func startNext(_ now: Instant) -> [Action] {
        guard let request = queue.first, !entries.values.contains(where: { $0.phase == .loading }) else { return [] }
        if entries[request.key] != nil {
            entries[request.key]?.isLeaving = true  // It has other options, or goes already.
        } else if request.needsAllMemory, !entries.isEmpty {
            for key in entries.keys { entries[key]?.isLeaving = true }
        } else if entries.count >= max(settings.maximumLoadedModels, 1) {
            evictOne()
        } else {
            let keepAlive = request.keepAlive ?? settings.keepAlive
            entries[request.key] = Entry(options: request.options, keepAlive: keepAlive, idleSince: now)
            return [.load(request.key, request.options, for: request.id)]
        }
        return []
    }

    private mutating func evictOne() {
        guard !entries.values.contains(where: \.isLeaving) else { return }
        func isBetter(_ left: (key: Key, value: Entry), _ right: (key: Key, value: Entry)) -> Bool {
            if (left.value.leases == 0) != (right.value.leases == 0) { return left.value.leases == 0 }
            if left.value.keepAlive != right.value.keepAlive { return left.value.keepAlive < right.value.keepAlive }
            if left.value.idleSince != right.value.idleSince { return left.value.idleSince < right.value.idleSince }
            return left.key < right.key
        }
        if let victim = entries.min(by: isBetter)?.key { entries[victim]?.isLeaving = true }
    }

    /// What is wrong, for tests; empty when all is well.
    package func checkInvariants() -> [String] {
        var problems: [String] = []
        if entries.values.count(where: { $0.phase == .loading }) > 1 {
            problems.append("two models are loaded at once")
        }
        if entries.count > max(settings.maximumLoadedModels, 1) { problems.append("\(entries.count) models") }
        if queue.count > max(settings.maximumQueue, 1) { problems.append("\(queue.count) requests wait") }
        for (key, entry) in entries {
            if entry.leases < 0 { problems.append("\(key) is released too often") }
            if entry.leases > 0, entry.phase != .ready { problems.append("\(key) is used while \(entry.phase)") }
        }
        if entries.isEmpty, !queue.isEmpty { problems.append("requests wait for nothing") }
        return problems
    }
}

extension KeepAlive {
    /// Shorter.
    fileprivate static func < (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.duration(let left), .duration(let right)): left < right
        case (.duration, .forever): true
        case (.forever, _): false
        }
    }
}

import Generation
import Sampling
import Testing

@Suite("The model table decides what is loaded, kept and unloaded")
struct ModelTableTests {
    typealias Table = ModelTable<String, TestInstant>
    typealias Action = Table.Action

    private let options = LoadOptions(contextLength: 4096)

    private func settings(
        maximumLoadedModels: Int = 3, maximumQueue: Int = 512, parallelSequences: Int = 4
    ) -> GenerationSettings {
        var settings = GenerationSettings()
        settings.maximumLoadedModels = maximumLoadedModels
        settings.maximumQueue = maximumQueue
        settings.parallelSequences = parallelSequences
        return settings
    }

    private func at(_ seconds: Int) -> TestInstant { TestInstant(seconds: seconds) }

    @Test("requests that come together load a model once, and all get it")
    func oneLoad() {
        var table = Table(settings())
        #expect(table.acquire(1, "a", options, nil, now: at(0)) == [.load("a", options, for: 1)])
        #expect(table.acquire(2, "a", options, nil, now: at(0)) == [])
        #expect(table.loaded("a", trainedContext: 8192, now: at(1)) == [.grant(1, "a"), .grant(2, "a")])
        #expect(table.acquire(3, "a", options, nil, now: at(2)) == [.grant(3, "a")])
    }

    @Test("an idle model goes after its time, and its time begins anew with each request")
    func expiry() {
        var table = Table(settings())
        _ = table.acquire(1, "a", options, nil, now: at(0))
        _ = table.loaded("a", trainedContext: 8192, now: at(1))
        #expect(table.nextDeadline == nil)
        _ = table.release("a", now: at(10))
        #expect(table.nextDeadline == at(310))
        _ = table.acquire(2, "a", options, nil, now: at(200))
        #expect(table.tick(now: at(310)) == [])
        _ = table.release("a", now: at(400))
        #expect(table.tick(now: at(699)) == [])
        #expect(table.tick(now: at(700)) == [.unload("a")])
        #expect(table.unloaded("a", now: at(701)) == [])
        #expect(table.isEmpty)
    }

    @Test("keep_alive 0 unloads once idle, and for ever never")
    func keepAlive() {
        var table = Table(settings())
        _ = table.acquire(1, "a", options, .forever, now: at(0))
        _ = table.loaded("a", trainedContext: 8192, now: at(1))
        _ = table.release("a", now: at(2))
        #expect(table.nextDeadline == nil)
        #expect(table.tick(now: at(1_000_000)) == [])
        #expect(table.ready(at(1_000_000)).map(\.expires) == [nil])
        _ = table.acquire(2, "a", options, .duration(.zero), now: at(1_000_001))
        _ = table.acquire(3, "a", options, nil, now: at(1_000_001))
        #expect(table.release("a", now: at(1_000_002)) == [])
        #expect(table.release("a", now: at(1_000_003)) == [.unload("a")])
    }

    @Test("other options load the model anew, once nobody uses it")
    func reload() {
        var table = Table(settings())
        let other = LoadOptions(contextLength: 16_384)
        _ = table.acquire(1, "a", options, nil, now: at(0))
        _ = table.loaded("a", trainedContext: 32_768, now: at(1))
        #expect(table.acquire(2, "a", other, nil, now: at(2)) == [])
        #expect(table.acquire(3, "a", options, nil, now: at(3)) == [])
        #expect(table.release("a", now: at(4)) == [.unload("a")])
        #expect(table.unloaded("a", now: at(5)) == [.load("a", other, for: 2)])
    }

    @Test("a smaller context and other rows of a batch are served by what is loaded")
    func covered() {
        var table = Table(settings())
        _ = table.acquire(1, "a", options, nil, now: at(0))
        _ = table.loaded("a", trainedContext: 32_768, now: at(1))
        let smaller = LoadOptions(contextLength: 2048, batchRows: 64)
        #expect(table.acquire(2, "a", smaller, nil, now: at(2)) == [.grant(2, "a")])
        #expect(table.acquire(3, "a", options, nil, now: at(3)) == [.grant(3, "a")])
    }

    @Test("a model that cannot be used any more goes once idle, and is loaded anew for who asks")
    func retired() {
        var table = Table(settings())
        _ = table.acquire(1, "a", options, .forever, now: at(0))
        _ = table.loaded("a", trainedContext: 32_768, now: at(1))
        #expect(table.retire("a", now: at(2)) == [])
        #expect(table.acquire(2, "a", options, nil, now: at(3)) == [])
        #expect(table.release("a", now: at(4)) == [.unload("a")])
        #expect(table.unloaded("a", now: at(5)) == [.load("a", options, for: 2)])
    }

    @Test("a context beyond what the model was trained for is the same as all of it")
    func clampedContext() {
        var table = Table(settings())
        _ = table.acquire(1, "a", LoadOptions(contextLength: 100_000), nil, now: at(0))
        _ = table.loaded("a", trainedContext: 8192, now: at(1))
        #expect(table.acquire(2, "a", LoadOptions(contextLength: 8192), nil, now: at(2)) == [.grant(2, "a")])
    }

    @Test("where there is no place, the idle model that is kept the shortest goes")
    func eviction() {
        var table = Table(settings(maximumLoadedModels: 2))
        for (index, key) in ["a", "b"].enumerated() {
            _ = table.acquire(UInt64(index), key, options, key == "a" ? .forever : nil, now: at(0))
            _ = table.loaded(key, trainedContext: 8192, now: at(1))
            _ = table.release(key, now: at(2))
        }
        #expect(table.acquire(7, "c", options, nil, now: at(3)) == [.unload("b")])
        #expect(table.acquire(8, "a", options, nil, now: at(3)) == [.grant(8, "a")])
        #expect(table.unloaded("b", now: at(4)) == [.load("c", options, for: 7)])
    }

    @Test("where all models are busy the request waits for the first that is done")
    func busyModels() {
        var table = Table(settings(maximumLoadedModels: 1))
        _ = table.acquire(1, "a", options, .forever, now: at(0))
        _ = table.loaded("a", trainedContext: 8192, now: at(1))
        #expect(table.acquire(2, "b", options, nil, now: at(2)) == [])
        #expect(table.release("a", now: at(3)) == [.unload("a")])
        #expect(table.unloaded("a", now: at(4)) == [.load("b", options, for: 2)])
    }

    @Test("a failed load fails its requests, and the next model is loaded")
    func failure() {
        var table = Table(settings())
        _ = table.acquire(1, "a", options, nil, now: at(0))
        _ = table.acquire(2, "b", options, nil, now: at(0))
        _ = table.acquire(3, "a", options, nil, now: at(0))
        let error = GenerationError.modelUnusable(model: "a", reason: "broken")
        #expect(
            table.loadFailed("a", error, now: at(1)) == [.fail(1, error), .fail(3, error), .load("b", options, for: 2)])
    }

    @Test("where memory does not suffice all other models go, then the load is tried again, once")
    func outOfMemory() {
        var table = Table(settings())
        _ = table.acquire(1, "a", options, .forever, now: at(0))
        _ = table.loaded("a", trainedContext: 8192, now: at(1))
        _ = table.release("a", now: at(2))
        _ = table.acquire(2, "b", options, nil, now: at(3))
        let error = GenerationError.outOfMemory(model: "b", reason: "large")
        #expect(table.loadFailed("b", error, now: at(4)) == [.unload("a")])
        #expect(table.unloaded("a", now: at(5)) == [.load("b", options, for: 2)])
        #expect(table.loadFailed("b", error, now: at(6)) == [.fail(2, error)])
    }

    @Test("too many that wait are turned away, those that need not wait are not")
    func overload() {
        var table = Table(settings(maximumQueue: 2, parallelSequences: 1))
        _ = table.acquire(1, "a", options, nil, now: at(0))
        #expect(table.refusal == nil)
        _ = table.acquire(2, "a", options, nil, now: at(0))
        #expect(table.refusal == .overloaded)
        #expect(table.acquire(3, "a", options, nil, now: at(0)) == [.fail(3, .overloaded)])
        _ = table.loaded("a", trainedContext: 8192, now: at(1))
        #expect(table.refusal == nil)
        #expect(table.acquire(4, "a", options, nil, now: at(2)) == [.grant(4, "a")])
        #expect(table.refusal == .overloaded)
        // One runs, two wait in the engine.
        #expect(table.acquire(5, "a", options, nil, now: at(2)) == [.fail(5, .overloaded)])
    }

    @Test("a request that gave up gets nothing")
    func cancelled() {
        var table = Table(settings())
        _ = table.acquire(1, "a", options, nil, now: at(0))
        _ = table.cancel(1, now: at(1))
        #expect(table.loaded("a", trainedContext: 8192, now: at(2)) == [])
        #expect(table.nextDeadline == at(302))
    }

    @Test("shutting down refuses, and unloads what is done")
    func shutDown() {
        var table = Table(settings())
        _ = table.acquire(1, "a", options, nil, now: at(0))
        _ = table.loaded("a", trainedContext: 8192, now: at(1))
        _ = table.acquire(2, "b", options, nil, now: at(1))
        #expect(table.shutDown(now: at(2)) == [.fail(2, .shuttingDown)])
        #expect(table.refusal == .shuttingDown)
        #expect(table.acquire(3, "a", options, nil, now: at(3)) == [.fail(3, .shuttingDown)])
        #expect(table.release("a", now: at(4)) == [.unload("a")])
        #expect(table.loaded("b", trainedContext: 8192, now: at(5)) == [.unload("b")])
    }

    /// Every run is made from its seed alone, which a failure prints.
    @Test("any order of events: every request is answered, no model is lost", arguments: 0..<40)
    func simulation(seed: Int) throws {
        var random = RandomSource(seed: UInt64(seed))
        func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
        var world = TableWorld(
            settings(
                maximumLoadedModels: 1 + below(3), maximumQueue: 1 + below(6), parallelSequences: 1 + below(3)))
        for _ in 0..<500 {
            world.now = world.now.advanced(by: .seconds(below(40)))
            switch below(8) {
            case 0...1: world.acquire(["a", "b", "c", "d"][below(4)], contextLength: 1000 * (1 + below(2)), below(5))
            case 2: world.finishLoad(fails: below(5), below)
            case 3: world.finishUnload(below)
            case 4: world.release(below)
            case 5: world.cancelOrUnload(below)
            case 6 where below(4) == 0: world.retire(below)
            default: world.tick()
            }
            let problems = world.table.checkInvariants() + world.problems
            try #require(problems.isEmpty, "seed \(seed): \(problems)")
        }
        world.drain(below)
        #expect(world.problems.isEmpty, "seed \(seed): \(world.problems)")
        #expect(world.waiting.isEmpty, "seed \(seed): \(world.waiting.count) requests are never answered")
    }
}

struct TestInstant: InstantProtocol {
    var time: Duration

    init(seconds: Int) { time = .seconds(seconds) }

    private init(_ time: Duration) { self.time = time }

    func advanced(by duration: Duration) -> Self { Self(time + duration) }
    func duration(to other: Self) -> Duration { other.time - time }
    static func < (left: Self, right: Self) -> Bool { left.time < right.time }
}

/// What the manager does with a table's actions, and checks that they make sense.
struct TableWorld {
    var table: ModelTableTests.Table
    var now = TestInstant(seconds: 0)
    private(set) var waiting: Set<UInt64> = []
    private(set) var problems: [String] = []
    private var nextID: UInt64 = 0
    private var loading: [String] = []
    private var unloading: [String] = []
    private var loaded: Set<String> = []
    private var granted: [String] = []

    init(_ settings: GenerationSettings) {
        table = ModelTableTests.Table(settings)
    }

    mutating func acquire(_ key: String, contextLength: Int, _ keep: Int) {
        let keepAlive: KeepAlive? = [nil, .forever, .duration(.zero), .duration(.seconds(30)), nil][keep]
        nextID += 1
        waiting.insert(nextID)
        perform(table.acquire(nextID, key, LoadOptions(contextLength: contextLength), keepAlive, now: now))
    }

    mutating func finishLoad(fails: Int, _ below: (Int) -> Int) {
        guard !loading.isEmpty else { return }
        let key = loading.removeFirst()
        switch fails {
        case 0: perform(table.loadFailed(key, .modelUnusable(model: key, reason: ""), now: now))
        case 1: perform(table.loadFailed(key, .outOfMemory(model: key, reason: ""), now: now))
        default:
            loaded.insert(key)
            perform(table.loaded(key, trainedContext: 4000, now: now))
        }
    }

    mutating func finishUnload(_ below: (Int) -> Int) {
        guard !unloading.isEmpty else { return }
        perform(table.unloaded(unloading.remove(at: below(unloading.count)), now: now))
    }

    mutating func release(_ below: (Int) -> Int) {
        guard !granted.isEmpty else { return }
        perform(table.release(granted.remove(at: below(granted.count)), now: now))
    }

    mutating func cancelOrUnload(_ below: (Int) -> Int) {
        if below(2) == 0, let id = waiting.min() {
            waiting.remove(id)
            perform(table.cancel(id, now: now))
        } else {
            perform(table.unload(["a", "b", "c", "d"][below(4)], now: now))
        }
    }

    mutating func retire(_ below: (Int) -> Int) {
        guard let key = granted.randomElement(below) else { return }
        perform(table.retire(key, now: now))
    }

    mutating func tick() { perform(table.tick(now: now)) }

    /// Lets everything that is under way end.
    mutating func drain(_ below: (Int) -> Int) {
        for _ in 0..<10_000 where !(granted.isEmpty && loading.isEmpty && unloading.isEmpty) {
            finishLoad(fails: 5, below)
            finishUnload(below)
            release(below)
        }
    }

    private mutating func perform(_ actions: [ModelTableTests.Action]) {
        for action in actions {
            switch action {
            case .load(let key, _, let id):
                if !waiting.contains(id) { problems.append("\(key) is loaded for \(id), which does not wait") }
                if loaded.contains(key) || loading.contains(key) { problems.append("\(key) is loaded twice") }
                loading.append(key)
            case .unload(let key):
                if granted.contains(key) { problems.append("\(key) is unloaded while it is used") }
                if loaded.remove(key) == nil { problems.append("\(key) is unloaded, and is not there") }
                unloading.append(key)
            case .grant(let id, let key):
                if !loaded.contains(key) { problems.append("\(key) is granted, and is not there") }
                if waiting.remove(id) == nil { problems.append("request \(id) is granted, and does not wait") }
                granted.append(key)
            case .fail(let id, _):
                if waiting.remove(id) == nil { problems.append("request \(id) fails, and does not wait") }
            }
        }
    }
}

extension [String] {
    fileprivate func randomElement(_ below: (Int) -> Int) -> String? { isEmpty ? nil : self[below(count)] }
}

/// Values of which those that were not used for the longest time are dropped.
struct LeastRecentlyUsed<Key: Hashable, Value> {
    private struct Entry {
        var key: Key
        var value: Value
        var cost: Int
        var newer: Int
        var older: Int
    }

    private let maximumCount: Int
    private let maximumCost: Int
    private var entries: [Entry] = []
    private var indexOfKey: [Key: Int] = [:]
    private var newest = -1
    private var oldest = -1
    private(set) var cost = 0

    init(maximumCount: Int, maximumCost: Int) {
        self.maximumCount = max(maximumCount, 1)
        self.maximumCost = maximumCost
    }

    var count: Int { entries.count }

    mutating func value(for key: Key) -> Value? {
        guard let index = indexOfKey[key] else { return nil }
        if index != newest {
            unlink(index)
            link(index)
        }
        return entries[index].value
    }

    /// Adds a value that is not there; it stays even where it costs too much alone.
    mutating func insert(_ value: Value, for key: Key, cost: Int) {
        remove(key)
        while !entries.isEmpty, entries.count >= maximumCount || self.cost + cost > maximumCost {
            remove(entries[oldest].key)
        }
        entries.append(Entry(key: key, value: value, cost: cost, newer: -1, older: -1))
        indexOfKey[key] = entries.count - 1
        self.cost += cost
        link(entries.count - 1)
    }

    mutating func remove(_ key: Key) {
        guard let index = indexOfKey.removeValue(forKey: key) else { return }
        unlink(index)
        cost -= entries[index].cost
        let last = entries.count - 1
        if index != last {
            // The last entry takes the free place.
            let moved = entries[last]
            entries[index] = moved
            indexOfKey[moved.key] = index
            if moved.newer >= 0 { entries[moved.newer].older = index } else { newest = index }
            if moved.older >= 0 { entries[moved.older].newer = index } else { oldest = index }
        }
        entries.removeLast()
    }

    private mutating func link(_ index: Int) {
        entries[index].older = newest
        entries[index].newer = -1
        if newest >= 0 { entries[newest].newer = index } else { oldest = index }
        newest = index
    }

    private mutating func unlink(_ index: Int) {
        let (newer, older) = (entries[index].newer, entries[index].older)
        if newer >= 0 { entries[newer].older = older } else { newest = older }
        if older >= 0 { entries[older].newer = newer } else { oldest = newer }
    }
}

/// The bytes that tables of one constraint have taken. They are estimates that err on the high side.
final class MemoryBudget {
    let limit: Int
    private(set) var used = 0

    init(limit: Int) { self.limit = limit }

    func charge(_ bytes: Int) throws(ConstraintError) {
        used += bytes
        guard used <= limit else { throw .tooLarge(.memory, limit: limit) }
    }
}

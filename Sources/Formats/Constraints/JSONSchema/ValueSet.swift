import OrderedCollections

/// JSON values by their types: a value of a type is in the set where it is in one of the sets of that type.
struct ValueSet: Hashable, Sendable {
    var allowsNull = false
    var booleans: Set<Bool> = []
    var numbers: [NumberSet] = []
    var strings: [StringSet] = []
    var arrays: [ArraySet] = []
    var objects: [ObjectSet] = []

    static let nothing = ValueSet()
    static let any = ValueSet(
        allowsNull: true, booleans: [false, true], numbers: [.any], strings: [.any], arrays: [.any], objects: [.any])

    var isEmpty: Bool { self == .nothing }

    /// How many sets there are.
    var count: Int { numbers.count + strings.count + arrays.count + objects.count }

    /// Makes a union, without a look at what is there already; `joined` does that.
    mutating func add(_ other: ValueSet) {
        allowsNull = allowsNull || other.allowsNull
        booleans.formUnion(other.booleans)
        numbers += other.numbers
        strings += other.strings
        arrays += other.arrays
        objects += other.objects
    }

    /// - Parameter work: grows by what the intersection costs, before it is made.
    func intersection(_ other: ValueSet, work: inout SchemaWork) throws(SchemaError) -> ValueSet {
        ValueSet(
            allowsNull: allowsNull && other.allowsNull, booleans: booleans.intersection(other.booleans),
            numbers: try Self.product(numbers, other.numbers, &work) { $0.intersection($1) },
            strings: try Self.product(strings, other.strings, &work) { $0.intersection($1) },
            arrays: try Self.product(arrays, other.arrays, &work) { $0.intersection($1) },
            objects: try Self.product(objects, other.objects, &work) { $0.intersection($1) })
    }

    /// All values that are not in the set.
    func complement(keyword: String, path: String) -> ValueSet {
        var result = ValueSet.any
        result.allowsNull = !allowsNull
        result.booleans.subtract(booleans)
        result.numbers = numbers.contains(.any) ? [] : [NumberSet(excluded: numbers)]
        result.strings = strings.contains(.any) ? [] : [StringSet(excluded: strings)]
        result.arrays = [
            ArraySet(excluded: arrays.map { Exclusion(values: $0, keyword: keyword, path: path) })
        ]
        result.objects = [
            ObjectSet(excluded: objects.map { Exclusion(values: $0, keyword: keyword, path: path) })
        ]
        if arrays.contains(.any) { result.arrays = [] }
        if objects.contains(.any) { result.objects = [] }
        return result
    }

    /// The same values in as few sets: equal ones once, and what is listed in one list.
    func joined() -> ValueSet {
        var result = self
        let listedStrings = strings.filter(\.isList)
        if listedStrings.count > 1 {
            result.strings.removeAll(where: \.isList)
            result.strings.append(StringSet(values: Array(OrderedSet(listedStrings.flatMap { $0.values ?? [] }))))
        }
        let listedNumbers = numbers.filter(\.isList)
        if listedNumbers.count > 1 {
            let values = OrderedSet(listedNumbers.flatMap { $0.values ?? [] })
            result.numbers.removeAll(where: \.isList)
            result.numbers.append(NumberSet(isInteger: values.allSatisfy(\.isInteger), values: Array(values)))
        }
        result.strings = Array(OrderedSet(result.strings))
        result.numbers = Array(OrderedSet(result.numbers))
        result.arrays = Array(OrderedSet(result.arrays))
        result.objects = Array(OrderedSet(result.objects))
        return result
    }

    private static func product<Values: Hashable>(
        _ left: [Values], _ right: [Values], _ work: inout SchemaWork, _ intersection: (Values, Values) -> Values?
    ) throws(SchemaError) -> [Values] {
        // Joined sets grow with what they are made of, and so do the steps.
        try work.spend(16 * left.count * right.count)
        guard left.count == 1 || right.count == 1 || left.count * right.count <= SchemaWork.mostAlternatives else {
            throw .tooLarge("alternatives for one value", limit: SchemaWork.mostAlternatives)
        }
        var result: [Values] = []
        var known: Set<Values> = []
        for first in left {
            for second in right {
                if let both = intersection(first, second), known.insert(both).inserted { result.append(both) }
            }
        }
        return result
    }
}

/// What the compilation of a schema may still do.
struct SchemaWork {
    /// How many alternatives of arrays and objects a value may have, and of any type where several `anyOf` hold at once.
    static let mostAlternatives = 256

    let limit: Int
    private var spent = 0

    init(limit: Int) { self.limit = limit }

    mutating func spend(_ steps: Int) throws(SchemaError) {
        let (sum, overflow) = spent.addingReportingOverflow(steps)
        guard !overflow, sum <= limit else { throw .tooLarge("steps of compilation", limit: limit) }
        spent = sum
    }
}

/// `len`, `index` and `slice`. Strings are measured and cut in bytes.
enum GoCollections {
    static func length(of value: GoValue) throws(GoFunction.Failure) -> Int {
        switch value.underlying {
        case .null: throw GoFunction.Failure("len of nil pointer")
        case .string(let string): return string.utf8.count
        case .slice(let elements): return elements.count
        case .map(let entries): return entries.count
        default: throw GoFunction.Failure("len of type \(value.typeName)")
        }
    }

    static func element(
        of collection: GoValue, at indexes: ArraySlice<GoValue>
    ) throws(GoFunction.Failure) -> GoValue {
        guard collection != .null else { throw GoFunction.Failure("index of untyped nil") }
        var value = collection
        for index in indexes { value = try element(of: value.underlying, at: index.underlying) }
        return value
    }

    private static func element(of value: GoValue, at index: GoValue) throws(GoFunction.Failure) -> GoValue {
        switch value {
        case .null: throw GoFunction.Failure("index of nil pointer")
        case .slice(let elements):
            let offset = try self.offset(index, upTo: elements.count)
            guard offset < elements.count else { throw GoFunction.Failure("reflect: slice index out of range") }
            return elements[offset]
        case .string(let string):
            let bytes = string.utf8
            let offset = try self.offset(index, upTo: bytes.count)
            guard offset < bytes.count else { throw GoFunction.Failure("reflect: string index out of range") }
            return .int(Int(bytes[bytes.index(bytes.startIndex, offsetBy: offset)]))
        case .map(let entries):
            guard case .string(let key) = index else {
                let problem = index == .null ? "value is nil" : "value has type \(index.typeName)"
                throw GoFunction.Failure("\(problem); should be \(index == .null ? "of type " : "")string")
            }
            return entries[key.text] ?? .null
        default: throw GoFunction.Failure("can't index item of type \(value.typeName)")
        }
    }

    static func slice(of value: GoValue, _ indexes: [GoValue]) throws(GoFunction.Failure) -> GoValue {
        guard indexes.count <= 3 else { throw GoFunction.Failure("too many slice indexes: \(indexes.count)") }
        switch value.underlying {
        case .null: throw GoFunction.Failure("slice of untyped nil")
        case .string(let string):
            guard indexes.count < 3 else { throw GoFunction.Failure("cannot 3-index slice a string") }
            return .string(bytes(try self.range(indexes, count: string.utf8.count), of: string))
        case .slice(let elements):
            return .slice(Array(elements[try range(indexes, count: elements.count)]))
        default: throw GoFunction.Failure("can't slice item of type \(value.typeName)")
        }
    }

    /// Where a cut goes through a character, what is left of that becomes U+FFFD.
    private static func bytes(_ range: Range<Int>, of string: MarkedText) -> MarkedText {
        let utf8 = string.utf8
        let start = utf8.index(utf8.startIndex, offsetBy: range.lowerBound)
        let end = utf8.index(start, offsetBy: range.count)
        let isWhole = [start, end].allSatisfy { $0 == utf8.endIndex || utf8[$0] & 0xC0 != 0x80 }
        return isWhole ? string.slice(range) : string.remade(as: String(decoding: utf8[start..<end], as: UTF8.self))
    }

    private static func range(_ indexes: [GoValue], count: Int) throws(GoFunction.Failure) -> Range<Int> {
        var bounds = [0, count, count]
        for (position, index) in indexes.enumerated() { bounds[position] = try offset(index.underlying, upTo: count) }
        for (lower, upper) in [(bounds[0], bounds[1]), (bounds[1], bounds[2])] where lower > upper {
            throw GoFunction.Failure("invalid slice index: \(lower) > \(upper)")
        }
        return bounds[0]..<bounds[1]
    }

    private static func offset(_ index: GoValue, upTo count: Int) throws(GoFunction.Failure) -> Int {
        switch index {
        case .int(let offset):
            guard (0...count).contains(offset) else { throw GoFunction.Failure("index out of range: \(offset)") }
            return offset
        case .null: throw GoFunction.Failure("cannot index slice/array with nil")
        default: throw GoFunction.Failure("cannot index slice/array with type \(index.typeName)")
        }
    }
}

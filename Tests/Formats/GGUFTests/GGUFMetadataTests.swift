import GGUF
import Testing

@Suite("Metadata is read as the type asked for, or refused by name")
struct GGUFMetadataTests {
    static let integers: [GGUFValue] = [
        .uint8(7), .int8(7), .uint16(7), .int16(7), .uint32(7), .int32(7), .uint64(7), .int64(7),
    ]

    private func metadata(_ value: GGUFValue) -> GGUFMetadata {
        var metadata = GGUFMetadata()
        metadata["key"] = value
        return metadata
    }

    @Test("every integer width reads as every other", arguments: integers)
    func integerWidths(value: GGUFValue) throws {
        let metadata = metadata(value)
        #expect(try metadata.require("key", as: Int.self) == 7)
        #expect(try metadata.require("key", as: UInt8.self) == 7)
        #expect(try metadata.require("key", as: Int16.self) == 7)
        #expect(try metadata.require("key", as: UInt32.self) == 7)
        #expect(try metadata.require("key", as: UInt64.self) == 7)
        #expect(try metadata.require("key", as: Float.self) == 7)
    }

    @Test("an integer that does not fit is out of range")
    func outOfRange() {
        #expect(throws: GGUFError.valueOutOfRange(key: "key", value: "-1", expected: "UInt32")) {
            try metadata(.int32(-1)).require("key", as: UInt32.self)
        }
        #expect(throws: GGUFError.valueOutOfRange(key: "key", value: "\(UInt64.max)", expected: "Int")) {
            try metadata(.uint64(.max)).require("key", as: Int.self)
        }
        #expect(throws: GGUFError.valueOutOfRange(key: "key", value: "300", expected: "UInt8")) {
            try metadata(.array(GGUFArray([Int32(300)]))).require("key", as: [UInt8].self)
        }
    }

    @Test("a value of another type is refused")
    func wrongType() {
        #expect(throws: GGUFError.wrongType(key: "key", expected: "an integer", found: "float32")) {
            try metadata(.float32(1)).require("key", as: Int.self)
        }
        #expect(throws: GGUFError.wrongType(key: "key", expected: "text", found: "bool")) {
            try metadata(.bool(true)).require("key", as: String.self)
        }
        #expect(throws: GGUFError.wrongType(key: "key", expected: "a boolean", found: "uint8")) {
            try metadata(.uint8(2)).value("key", default: false)
        }
        #expect(throws: GGUFError.wrongType(key: "key", expected: "an array", found: "string")) {
            try metadata(.string("")).require("key", as: [String].self)
        }
        #expect(throws: GGUFError.wrongType(key: "key", expected: "a number", found: "an array of 1 string")) {
            try metadata(.array(GGUFArray(["x"]))).require("key", as: Float.self)
        }
    }

    @Test("a missing key has a default, or is an error")
    func missing() throws {
        #expect(try GGUFMetadata().value("key", default: 3) == 3)
        #expect(try GGUFMetadata().value("key", as: Int.self) == nil)
        #expect(throws: GGUFError.missingKey("key")) { try GGUFMetadata().require("key", as: Int.self) }
    }

    @Test("one value stands for every layer, an array has one for each")
    func eachLayer() throws {
        #expect(try metadata(.uint32(4)).requireEach("key", count: 3, as: Int.self) == [4, 4, 4])
        #expect(
            try metadata(.array(GGUFArray([Int32(1), 2, 3]))).requireEach("key", count: 3, as: Int.self) == [1, 2, 3])
        #expect(throws: GGUFError.wrongType(key: "key", expected: "an array of 3", found: "an array of 2 int32")) {
            try metadata(.array(GGUFArray([Int32(1), 2]))).requireEach("key", count: 3, as: Int.self)
        }
    }

    @Test("keys keep their order when set again or removed")
    func order() {
        var metadata = GGUFMetadata()
        metadata["b"] = .bool(true)
        metadata["a"] = .bool(true)
        metadata["b"] = .bool(false)
        #expect(metadata.keys == ["b", "a"])
        metadata["b"] = nil
        #expect(metadata.keys == ["a"])
        #expect(metadata["b"] == nil)
    }

    @Test("the first elements of an array are an array")
    func arrayPrefix() throws {
        let strings = GGUFArray(["", "two", "three"])
        #expect(try strings.prefix(2) == GGUFArray(["", "two"]))
        #expect(try strings.prefix(9) == strings)
        #expect(try strings.prefix(0).count == 0)
        #expect(try strings.prefix(-1).count == 0)
        #expect(try GGUFArray([Float(1), 2]).prefix(1) == GGUFArray([Float(1)]))
        #expect(try GGUFArray([true, false, true]).prefix(2) == GGUFArray([true, false]))
    }
}

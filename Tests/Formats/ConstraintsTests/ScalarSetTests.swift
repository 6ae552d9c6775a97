import Constraints
import Testing

@Suite struct ScalarSetTests {
    @Test func rangesAreJoinedAndSurrogatesLeftOut() {
        let set = ScalarSet([0x41...0x45, 0x46...0x50, 0x48...0x4A, 0xD000...0xE000])
        #expect(set.ranges == [0x41...0x50, 0xD000...0xD7FF, 0xE000...0xE000])
    }

    @Test func complementsAreExact() {
        let set = ScalarSet([0...9, 0x20...0x10FFFF])
        #expect(set.complement.ranges == [10...0x1F])
        #expect(ScalarSet.all.complement.ranges.isEmpty)
        #expect(ScalarSet([]).complement == .all)
    }
}

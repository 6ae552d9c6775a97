/// Bytes by what they do: two bytes of a class are in the same of some sets.
struct ByteClasses {
    /// By byte.
    private(set) var classes: [UInt8]
    /// A byte of each class.
    private(set) var representatives: [UInt8]

    init(separating sets: [ByteSet]) {
        classes = Array(repeating: 0, count: 256)
        representatives = [0]
        for set in sets where representatives.count < 256 { separate(set) }
    }

    var count: Int { representatives.count }

    private mutating func separate(_ set: ByteSet) {
        // A class that is split keeps its number for the part of its representative.
        var split: [UInt8?] = Array(repeating: nil, count: representatives.count)
        for byte in UInt8.min...UInt8.max {
            let old = Int(classes[Int(byte)])
            guard set.contains(byte) != set.contains(representatives[old]) else { continue }
            if let new = split[old] {
                classes[Int(byte)] = new
            } else {
                let new = UInt8(representatives.count)
                split[old] = new
                classes[Int(byte)] = new
                representatives.append(byte)
            }
        }
    }
}

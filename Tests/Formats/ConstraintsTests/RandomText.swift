import Constraints

/// Texts that a constraint allows, by a random walk that comes to an end.
struct RandomText<Generator: RandomNumberGenerator> {
    var generator: Generator
    /// From here on the walk takes what ends strings, arrays and objects.
    var comfortableLength = 200
    var longest = 2000

    /// Nil where the walk did not end in time.
    mutating func next(_ constraint: Constraint) throws -> [UInt8]? {
        var text: [UInt8] = []
        while text.count < longest {
            let probe = try constraint.probe(text)
            let isLong = text.count >= comfortableLength
            if probe.isComplete, probe.following.isEmpty || isLong || Int.random(in: 0..<3, using: &generator) == 0 {
                return text
            }
            guard let byte = choose(of: probe.following, isLong: isLong) else { return nil }
            text.append(byte)
        }
        return nil
    }

    private mutating func choose(of set: ByteSet, isLong: Bool) -> UInt8? {
        let all = (UInt8.min...UInt8.max).filter(set.contains)
        let ends = all.filter { "\"]}".utf8.contains($0) }
        if !ends.isEmpty, isLong || Int.random(in: 0..<4, using: &generator) == 0 {
            return ends.randomElement(using: &generator)
        }
        // Most texts are words and digits; white space is one choice of many.
        let plain = all.filter { (0x21...0x7E).contains($0) }
        if !plain.isEmpty, Int.random(in: 0..<8, using: &generator) > 0 {
            return plain.randomElement(using: &generator)
        }
        return all.randomElement(using: &generator)
    }
}

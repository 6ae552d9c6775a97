package import Compute

/// How the pairs of a multi-section rotation (M-RoPE) are dealt out to its sections: time, height, width and, where a file has
/// one, another.
package enum SectionOrder: Sendable {
    /// The first pairs to the first section, and so on: Qwen 2 VL.
    case consecutive
    /// To the first three in turn, as long as a section lacks pairs; the first has those that are left: Qwen 3 VL.
    case inTurn

    /// The section of each of `pairs` pairs, of which `rope.dimension_sections` has the sections' counts.
    package func sections(_ model: Hyperparameters, pairs: Int) throws(ComputeError) -> [Int] {
        let key = "rope.dimension_sections"
        let counts = try model.counts(key, in: 0...pairs)
        guard (3...4).contains(counts.count) else {
            throw model.invalid(key, "\(counts.count) sections are not supported")
        }
        let sections =
            switch self {
            case .consecutive: counts.indices.flatMap { Array(repeating: $0, count: counts[$0]) }
            case .inTurn: (0..<pairs).map { $0 / 3 < counts[$0 % 3] ? $0 % 3 : 0 }
            }
        guard sections.count == pairs,
            counts.indices.allSatisfy({ section in
                counts[section] == sections.count { $0 == section }
            })
        else {
            throw model.invalid(key, "\(counts) are not sections of \(pairs) pairs")
        }
        return sections
    }
}

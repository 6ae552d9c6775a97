/// Rotary position embedding, with every scaling rule already worked into the frequencies.
package struct Rotation: Hashable, Sendable {
    /// Radians a position for each rotated pair; the first `2 * count` elements of a head are rotated.
    package let frequencies: [Float]
    /// Multiplies the rotated elements (YaRN's attention factor).
    package let magnitude: Float
    /// Pairs are (2i, 2i + 1); otherwise (i, i + count).
    package let isInterleaved: Bool
    /// Multi-section rotation (M-RoPE): for each pair the section whose position turns it, from 0 on
    /// (`Batch.sectionPositions`). Empty where the row's position in its sequence turns all pairs.
    package let sections: [Int]

    package init(frequencies: [Float], magnitude: Float = 1, isInterleaved: Bool, sections: [Int] = []) {
        self.frequencies = frequencies
        self.magnitude = magnitude
        self.isInterleaved = isInterleaved
        self.sections = sections
    }

    /// Positions that a row has for this rotation beside its own; 0 where there are no sections.
    package var sectionCount: Int { (sections.max() ?? -1) + 1 }

    var text: String {
        let name = isInterleaved ? "rotate_interleaved" : "rotate"
        guard !sections.isEmpty else { return name }
        let counts = (0..<sectionCount).map { section in String(sections.count { $0 == section }) }
        let order = sections == sections.sorted() ? "" : " in turn"
        return "\(name)(\(counts.joined(separator: "/"))\(order))"
    }
}

/// Rotates the heads of rows by their positions.
package struct Rotate: Operation {
    /// Rows × (heads × head width).
    package var input: Value
    package let rotation: Rotation
    package let heads: Int
    package var output: Value

    package var inputs: [Value] { [input] }
    package var outputs: [Value] { [output] }
    package var isRowwise: Bool { false }
    package var kind: StepKind { StepKind(operation: "rotate") }

    package func text(_ names: ProgramNames) -> String { "\(rotation.text) \(names[input]), \(heads) heads" }

    package func mapping(inputs input: (Value) -> Value, outputs output: (Value) -> Value) -> Step {
        .rotate(Rotate(input: input(self.input), rotation: rotation, heads: heads, output: output(self.output)))
    }
}

extension ProgramBuilder {
    /// - Parameter rotation: nil leaves the rows as they are.
    package mutating func rotate(_ input: Value, _ rotation: Rotation?, heads: Int) throws(ComputeError) -> Value {
        guard let rotation else { return input }
        let pairs = rotation.frequencies.count
        guard heads > 0, input.width % heads == 0, pairs <= input.width / heads / 2 else {
            throw .unsupported("cannot rotate \(heads) heads of a width of \(input.width)")
        }
        guard rotation.sections.isEmpty || rotation.sections.count == pairs,
            rotation.sections.allSatisfy({ (0..<pairs).contains($0) })
        else {
            throw .unsupported("cannot rotate \(pairs) pairs by the sections \(rotation.sections)")
        }
        let output = value(input.width, input.rows)
        append(.rotate(Rotate(input: input, rotation: rotation, heads: heads, output: output)))
        return output
    }
}

extension Step {
    /// The rotations that it uses.
    package var rotations: [Rotation] {
        switch self {
        case .rotate(let rotate): [rotate.rotation]
        case .store(let store): [store.rotation].compactMap(\.self)
        case .attend(let attend): [attend.rotation, attend.store?.rotation].compactMap(\.self)
        default: []
        }
    }
}

extension Program {
    /// Every rotation that a step uses, once.
    package var rotations: [Rotation] {
        var result: [Rotation] = []
        for rotation in steps.flatMap(\.rotations) where !result.contains(rotation) { result.append(rotation) }
        return result
    }

    /// Positions by section that a batch may give for each row; 0 where no rotation has sections.
    package var sectionCount: Int { rotations.reduce(0) { max($0, $1.sectionCount) } }
}

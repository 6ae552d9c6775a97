/// Rotary position embedding, with every scaling rule already worked into the frequencies.
package struct Rotation: Hashable, Sendable {
    /// Radians a position for each rotated pair; the first `2 * count` elements of a head are rotated.
    package let frequencies: [Float]
    /// Multiplies the rotated elements (YaRN's attention factor).
    package let magnitude: Float
    /// Pairs are (2i, 2i + 1); otherwise (i, i + count).
    package let isInterleaved: Bool

    package init(frequencies: [Float], magnitude: Float = 1, isInterleaved: Bool) {
        self.frequencies = frequencies
        self.magnitude = magnitude
        self.isInterleaved = isInterleaved
    }

    var text: String { isInterleaved ? "rotate_interleaved" : "rotate" }
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
        guard heads > 0, input.width % heads == 0, rotation.frequencies.count <= input.width / heads / 2 else {
            throw .unsupported("cannot rotate \(heads) heads of a width of \(input.width)")
        }
        let output = value(input.width, input.rows)
        append(.rotate(Rotate(input: input, rotation: rotation, heads: heads, output: output)))
        return output
    }
}

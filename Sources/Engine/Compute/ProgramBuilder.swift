import Tensors

/// Writes a program step by step; the methods that add steps stand beside these in `Steps/`. Shapes are checked as steps are
/// added, so that a finished program is consistent.
package struct ProgramBuilder {
    private var steps: [Step] = []
    private var valueCount = 0
    private var cacheGroups: [CacheGroup] = []
    private var cacheLayerCount = 0

    package init() {}

    /// Goes on behind `steps`, the first ones of `program`.
    init(continuing program: Program, steps: [Step]) {
        self.steps = steps
        valueCount = program.valueCount
        cacheGroups = program.cacheGroups
        cacheLayerCount = cacheGroups.reduce(0) { $0 + $1.layers.count }
    }

    /// A value that no step has written yet.
    mutating func value(_ width: Int, _ rows: RowSet = .tokens) -> Value {
        defer { valueCount += 1 }
        return Value(id: valueCount, width: width, rows: rows)
    }

    mutating func append(_ step: Step) { steps.append(step) }

    /// A new layer of the cache, in the group of its policy.
    mutating func cacheLayer(_ content: CacheLayer.Content, _ policy: CachePolicy) -> CacheLayer {
        let known = cacheGroups.firstIndex { $0.policy == policy }
        let group = known ?? cacheGroups.count
        if known == nil { cacheGroups.append(CacheGroup(policy: policy, layers: [])) }
        let layer = CacheLayer(index: cacheLayerCount, group: group, content: content)
        cacheGroups[group].layers.append(layer)
        cacheLayerCount += 1
        return layer
    }

    /// The program whose output is `output`. Mutating, so that a step written as its argument is in the program.
    /// - Throws: `unsupported` where the rows of the output are not those that its meaning has.
    package mutating func finish(_ meaning: Program.Meaning, _ output: Value) throws(ComputeError) -> Program {
        guard meaning != .intermediate, output.rows != .tokens, meaning != .logits || output.rows == .outputs else {
            throw .unsupported("a program cannot end with \(meaning) of \(output.rows)")
        }
        return Program(
            steps: steps, valueCount: valueCount, outputs: [output], meaning: meaning, cacheGroups: cacheGroups)
    }

    func check(_ weight: Weight, is expected: [Int]) throws(ComputeError) {
        guard weight.shape.dimensions == expected else {
            throw .wrongShape(weight: weight.name, expected: "\(expected)", found: weight.shape.description)
        }
    }
}

extension Program {
    /// The steps before which the program can be cut: what crosses there are plain rows. A choice of experts, and the values
    /// between expert steps, stay with the device that made them, and so does a layer of the cache.
    package var possibleCuts: [Int] {
        var lastUse: [CacheLayer: Int] = [:]
        var lastReader: [Value: Int] = [:]
        for (index, step) in steps.enumerated() {
            for layer in step.operation.written + step.operation.read { lastUse[layer] = index }
            for value in step.inputs { lastReader[value] = index }
        }
        /// Where what the steps so far have made is used for the last time and could not be cut from.
        var end = 0
        var cuts: [Int] = []
        for (index, step) in steps.enumerated() {
            if index > 0, end < index { cuts.append(index) }
            for layer in step.operation.written { end = max(end, lastUse[layer] ?? 0) }
            switch step {
            case .route, .expertLinear:
                for value in step.outputs { end = max(end, lastReader[value] ?? 0) }
            default: break
            }
        }
        return cuts
    }

    /// The program cut before the steps at `cuts`, ascending and among `possibleCuts`: parts that give the same results when they are run in turn, on
    /// the same device or on several. Values that cross a cut are outputs of the part before it and inputs of those after.
    ///
    /// Each part has the cache layers of its own steps, in groups of the same policies: a sequence's blocks of a group have the
    /// same numbers in every part that has the group.
    package func parts(cutBefore cuts: [Int]) -> [Program] {
        precondition(Set(cuts).isSubset(of: possibleCuts) && cuts == cuts.sorted(), "a cut that values cannot cross")
        let bounds = [0] + cuts + [steps.count]
        return zip(bounds, bounds.dropFirst()).map { part($0..<$1) }
    }

    private func part(_ range: Range<Int>) -> Program {
        let written = Set(steps[range].flatMap(\.outputs))
        var inputs: [Value] = []
        for value in steps[range].flatMap(\.inputs) where !written.contains(value) && !inputs.contains(value) {
            inputs.append(value)
        }
        let isLast = range.upperBound == steps.count
        var crossing: [Value] = []
        for step in steps[range.upperBound...] {
            for value in step.inputs where !crossing.contains(value) {
                if written.contains(value) || isThere(value, before: range) { crossing.append(value) }
            }
        }
        // What only passes through a part is an input of it too.
        for value in crossing where !written.contains(value) && !inputs.contains(value) { inputs.append(value) }
        let layers = Set(steps[range].flatMap { $0.operation.written + $0.operation.read })
        let groups = cacheGroups.map { group in
            CacheGroup(policy: group.policy, layers: group.layers.filter(layers.contains))
        }
        return Program(
            steps: Array(steps[range]), valueCount: valueCount, inputs: inputs, outputs: isLast ? outputs : crossing,
            meaning: isLast ? meaning : .intermediate, cacheGroups: groups)
    }

    /// Whether a step before `range`, or the program's own input, has `value`.
    private func isThere(_ value: Value, before range: Range<Int>) -> Bool {
        inputs.contains(value) || steps[..<range.lowerBound].contains { $0.outputs.contains(value) }
    }
}

/// Runs the parts of a program in turn, each on its own executable.
package final class ChainedExecutable: Executable {
    package let limits: ExecutionLimits
    private let parts: [any Executable]
    private let programs: [Program]

    /// - Parameters:
    ///   - programs: what `parts(cutBefore:)` gave, at least one.
    ///   - parts: for each an executable of the same limits.
    package init(_ programs: [Program], _ parts: [any Executable]) {
        precondition(!parts.isEmpty && parts.count == programs.count, "each part has an executable")
        self.programs = programs
        self.parts = parts
        limits = parts[0].limits
    }

    private var last: any Executable { parts[parts.count - 1] }

    package var cachePolicies: [CachePolicy] { last.cachePolicies }
    package var outputWidth: Int { last.outputWidth }
    package var copyBytes: Int { parts.reduce(0) { $0 + $1.copyBytes } }
    package var outputCount: Int { last.outputCount }

    package func run(_ batch: Batch) throws(ComputeError) {
        var batch = batch
        var crossing: [Value: [Float]] = [:]
        for (value, rows) in zip(programs[0].inputs, batch.inputs) { crossing[value] = rows }
        let sections = batch.sectionPositions
        for (program, part) in zip(programs, parts) {
            let count = program.sectionCount
            batch.sectionPositions = count == 0 ? nil : sections.map { Array($0.prefix(count)) }
            batch.inputs = program.inputs.map { crossing[$0] ?? [] }
            try part.run(batch)
            guard program.meaning == .intermediate else { break }
            for (index, value) in program.outputs.enumerated() { crossing[value] = part.output(index) }
        }
    }

    package func withOutputs(tasks: Int, _ body: @Sendable (_ task: Int, _ outputs: OutputRows) -> Void) {
        last.withOutputs(tasks: tasks, body)
    }

    package func output(_ index: Int) -> [Float] { last.output(index) }
}

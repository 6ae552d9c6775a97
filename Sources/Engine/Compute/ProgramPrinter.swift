/// Prints a program as a listing, a line a step: `3: %5 = linear %4, [blk.0.attn_output] + %0`.
///
/// With a plan, a blank line parts the phases and each value's slot follows its number (`%5@2`).
package struct ProgramPrinter {
    private let program: Program
    private let plan: ExecutionPlan?

    package init(_ program: Program, plan: ExecutionPlan? = nil) {
        self.program = program
        self.plan = plan
    }

    package var listing: String {
        let names = ProgramNames(program, plan: plan)
        var lines: [String] = []
        if !program.inputs.isEmpty {
            lines.append("inputs: " + program.inputs.map { names[$0] }.joined(separator: ", "))
        }
        let phaseStarts = Set(plan?.phases.dropFirst().map(\.lowerBound) ?? [])
        for (index, step) in program.steps.enumerated() {
            if phaseStarts.contains(index) { lines.append("") }
            let results = step.outputs.map { names[$0] }.joined(separator: ", ")
            lines.append("\(index): " + (results.isEmpty ? "" : "\(results) = ") + step.operation.text(names))
        }
        let outputs = program.outputs.map { names[$0] }.joined(separator: ", ")
        lines.append("\(program.meaning): \(outputs)")
        return lines.joined(separator: "\n") + "\n"
    }
}

/// What a listing calls values and weights.
package struct ProgramNames {
    private let numbers: [Int: Int]
    private let plan: ExecutionPlan?

    init(_ program: Program, plan: ExecutionPlan?) {
        // Passes leave gaps in the ids; readers want %0, %1, %2 in order of appearance.
        var numbers: [Int: Int] = [:]
        for value in program.inputs + program.steps.flatMap(\.outputs) { numbers[value.id] = numbers.count }
        self.numbers = numbers
        self.plan = plan
    }

    subscript(value: Value) -> String {
        let number = numbers[value.id].map { "%\($0)" } ?? "%?"
        guard let slot = plan?.slotOfValue[value.id] else { return number }
        return "\(number)@\(slot)"
    }

    subscript(weight: Weight) -> String {
        let name = weight.name.hasSuffix(".weight") ? String(weight.name.dropLast(7)) : weight.name
        return weight.part.map { "\(name)[\($0.lowerBound)..<\($0.upperBound)]" } ?? name
    }

    func text(residual: Value?) -> String { residual.map { " + \(self[$0])" } ?? "" }
}

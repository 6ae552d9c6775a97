/// Prints a program as a listing, a line a step: `3: %5 = linear %4, [blk.0.attn_output] + %0`.
///
/// With a plan, a blank line parts the phases and each value's slot follows its number (`%5@2`).
package struct ProgramPrinter {
    private let program: Program
    private let plan: ExecutionPlan?
    private let names: [Int: Int]

    package init(_ program: Program, plan: ExecutionPlan? = nil) {
        self.program = program
        self.plan = plan
        // Passes leave gaps in the ids; readers want %0, %1, %2 in order of appearance.
        var names: [Int: Int] = [:]
        for value in program.steps.flatMap(\.outputs) { names[value.id] = names.count }
        self.names = names
    }

    package var listing: String {
        var lines: [String] = []
        let phaseStarts = Set(plan?.phases.dropFirst().map(\.lowerBound) ?? [])
        for (index, step) in program.steps.enumerated() {
            if phaseStarts.contains(index) { lines.append("") }
            let results = step.outputs.map(name).joined(separator: ", ")
            lines.append("\(index): \(results) = \(text(step))")
        }
        lines.append("logits: \(name(program.logits))")
        return lines.joined(separator: "\n") + "\n"
    }

    private func text(_ step: Step) -> String {
        switch step {
        case .embed(let weight, _):
            "embed \(name(weight))"
        case .normalize(let value, let normalization, _):
            text(normalization, of: value)
        case .linear(let linear):
            text(linear)
        case .rotate(let value, let rotation, let heads, _):
            "\(text(rotation)) \(name(value)), \(heads) heads"
        case .attend(let attention):
            text(attention)
        case .gate(let gate, let up, let activation, _):
            "\(activation.rawValue) \(name(gate)) * \(name(up))"
        case .add(let first, let second, _):
            "add \(name(first)), \(name(second))"
        case .route(let value, let weight, let routing):
            "route \(name(value)), \(name(weight)), \(routing.rule.usedCount) of \(routing.rule.expertCount)"
                + (routing.rule.normalizesShares ? ", normalized" : "")
        case .expertLinear(let linear):
            "expert_linear \(name(linear.input)) by \(name(linear.routing.value)), "
                + text(linear.weights.map(name), linear.outputs)
        case .sumExperts(let sum):
            "sum_experts \(name(sum.input)) by \(name(sum.routing.value))" + text(residual: sum.residual)
        case .selectOutputs(let value, _):
            "select_outputs \(name(value))"
        }
    }

    private func text(_ linear: Linear) -> String {
        let input = linear.normalization.map { text($0, of: linear.input) } ?? name(linear.input)
        let matrices = linear.projections.map { name($0.weight) + ($0.bias == nil ? "" : " + bias") }
        return "linear \(input), " + text(matrices, linear.outputs) + text(residual: linear.residual)
    }

    private func text(_ attention: Attention) -> String {
        let layer = attention.layer
        let rotation = attention.rotation.map { text($0) + " " } ?? ""
        return "attend \(rotation)\(name(attention.query)), \(rotation)\(name(attention.key)), "
            + "\(name(attention.value)), cache \(layer.index), \(layer.heads)/\(layer.kvHeads) heads of \(layer.headWidth)"
            + (layer.window.map { ", window \($0)" } ?? "")
    }

    private func text(_ normalization: Normalization, of value: Value) -> String {
        "rms_norm(\(name(value)), \(name(normalization.weight)))"
    }

    private func text(_ rotation: Rotation) -> String {
        rotation.isInterleaved ? "rotate_interleaved" : "rotate"
    }

    private func text(_ matrices: [String], _ outputs: LinearOutputs) -> String {
        let list = "[" + matrices.joined(separator: ", ") + "]"
        return switch outputs {
        case .separate: list
        case .gated(let activation, _): "\(list) gated by \(activation.rawValue)"
        }
    }

    private func text(residual: Value?) -> String {
        residual.map { " + \(name($0))" } ?? ""
    }

    private func name(_ value: Value) -> String {
        let number = names[value.id].map { "%\($0)" } ?? "%?"
        guard let slot = plan?.slotOfValue[value.id] else { return number }
        return "\(number)@\(slot)"
    }

    private func name(_ weight: Weight) -> String {
        weight.name.hasSuffix(".weight") ? String(weight.name.dropLast(7)) : weight.name
    }
}

import Architectures
import Compute
import GGUF
import ModelTestSupport
import ReferenceBackend
import Tensors
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Passes rewrite programs and keep their results", .computing)
struct ProgramPassTests {
    private static let limits = ExecutionLimits(
        maximumRows: 16, maximumOutputs: 16, blockCount: 4, blockTokens: 8, contextLength: 32)

    private static func logits(_ program: Program, _ weights: TensorStore) throws -> [[Float]] {
        let executable = try ReferenceBackend().compile(program, weights, limits)
        var results: [[Float]] = []
        for (tokens, first, outputs) in [([3, 1, 4, 1, 5], 0, [1, 4]), ([9, 2], 5, [1]), ([6], 7, [0])] {
            let span = Batch.Span(rows: 0..<tokens.count, firstPosition: first, blocks: [2, 0, 3, 1])
            try executable.run(Batch(tokens: tokens.map { TokenID($0) }, spans: [span], outputRows: outputs))
            results += executable.outputRows()
        }
        return results
    }

    @Test("each alone, and all together", arguments: RandomModel.variety)
    func keepResults(model: RandomModel) throws {
        let weights = try model.weights(seed: 7)
        let plain = try Self.logits(model.program(weights, passes: []), weights)
        let choices = ProgramPass.allCases.map { [$0] } + [[.mergeLinears, .fuseGate], ProgramPass.allCases]
        for passes in choices {
            let program = try model.program(weights, passes: passes)
            for (expected, found) in zip(plain, try Self.logits(program, weights)) {
                #expect(found.largestDifference(from: expected) < 1e-5, "\(passes)")
            }
        }
    }

    @Test("a pass applied twice changes nothing more", arguments: RandomModel.variety)
    func idempotent(model: RandomModel) throws {
        let program = try model.program(model.weights(seed: 1))
        for pass in ProgramPass.allCases where pass != .hoistOutputs {
            #expect(pass.apply(to: program) == program, "\(pass)")
        }
        let again = ProgramPrinter(ProgramPass.hoistOutputs.apply(to: program)).listing
        #expect(again == ProgramPrinter(program).listing)
    }

    @Test("a dense layer is five phases, so a generated token has few barriers")
    func phases() throws {
        for layers in [1, 2, 5] {
            let model = RandomModel(layers: layers)
            let plan = ExecutionPlan(try model.program(model.weights(seed: 1)))
            // Embedding, selection and the head are one each.
            #expect(plan.phases.count == 5 * layers + 3)
        }
    }

    @Test("norms behind attention and feed-forward networks are added in their own phase")
    func phasesOfPostNorms() throws {
        let source = try ModelContents(GoldenSet.kept.folder.appending(path: "gemma2/model.gguf"))
        let program = try ArchitectureRegistry.program(for: source).program
        // Two layers, each with two norms more than Llama's block, which wait for the whole row.
        #expect(ExecutionPlan(program).phases.count == 7 * 2 + 3)
    }

    @Test("no value is overwritten while it is still read", arguments: RandomModel.variety)
    func slots(model: RandomModel) throws {
        let weights = try model.weights(seed: 1)
        for passes in [[], ProgramPass.allCases] {
            let program = try model.program(weights, passes: passes)
            let plan = ExecutionPlan(program)
            var holder: [Int: Value] = [:]
            for phase in plan.phases {
                let steps = program.steps[phase]
                for value in steps.flatMap(\.inputs) {
                    let slot = try #require(plan.slotOfValue[value.id])
                    #expect(holder[slot] == value)
                    #expect(plan.slots[slot].width >= value.width && plan.slots[slot].rows == value.rows)
                }
                for value in steps.flatMap(\.outputs) {
                    let slot = try #require(plan.slotOfValue[value.id])
                    #expect(!steps.flatMap(\.inputs).contains { plan.slotOfValue[$0.id] == slot })
                    holder[slot] = value
                }
            }
            let last = try #require(plan.slotOfValue[program.outputs[0].id])
            #expect(holder[last] == program.outputs[0])
        }
    }

    @Test("listings are as recorded")
    func listings() throws {
        let models = [
            ("llama", RandomModel()), ("mixtral", RandomModel(layers: 1, experts: 4)),
            ("qwen2", RandomModel(architecture: "qwen2", layers: 1, hasBiases: true, isTied: true)),
        ]
        for (name, model) in models {
            let weights = try model.weights(seed: 1)
            for (suffix, passes) in [("plain", []), ("fused", ProgramPass.allCases)] {
                let program = try model.program(weights, passes: passes)
                let listing = ProgramPrinter(program, plan: ExecutionPlan(program)).listing
                let path = "listings/\(name)-\(suffix).txt"
                #expect(try listing == Snapshot.recorded(path, recording: listing), "\(path)")
            }
        }
    }
}

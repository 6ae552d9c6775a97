import Architectures
import Compute
import ModelTestSupport
import TestSupport
import Testing

@Suite("What families make of a file")
struct ListingTests {
    /// `RECORD_SNAPSHOTS=1` writes the listings anew; a change shows in them.
    @Test(
        "each program's listing, with every pass and its plan",
        arguments: ArchitectureRegistry.models.flatMap(\.goldens))
    func listing(name: String) throws {
        let model = try ModelDescription(name)
        let program = try ArchitectureRegistry.program(for: model.metadata, weights: model.weights).program
        let listing = ProgramPrinter(program, plan: ExecutionPlan(program)).listing
        #expect(try listing == Snapshot.recorded("listings/\(name).txt", recording: listing))
    }

    @Test("the document of models is what the registry says")
    func document() throws {
        let document = ArchitectureRegistry.modelsDocument
        #expect(try document == Snapshot.recorded("../../Docs/models.md", recording: document))
    }

    @Test("each golden is found", .enabled(if: GoldenSet.conformance != nil))
    func goldens() {
        let sets = [GoldenSet.kept, GoldenSet.conformance].compactMap { $0 }
        let found = Set(sets.flatMap { $0.languageModels + $0.encoders })
        #expect(found == Set(ArchitectureRegistry.models.flatMap(\.goldens)))
    }

    @Test("no two families read the same architecture, and each model is checked by a golden")
    func registry() {
        let models = ArchitectureRegistry.models
        #expect(models.allSatisfy { !$0.goldens.isEmpty })
        let goldens = models.flatMap(\.goldens)
        #expect(Set(goldens).count == goldens.count)
        #expect(
            ArchitectureRegistry.names.count
                == ArchitectureRegistry.all.reduce(0) { $0 + Set($1.models.map(\.architecture)).count })
    }
}

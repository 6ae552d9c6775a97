import Architectures
import Compute
import GGUF
import ModelTestSupport
import ReferenceBackend
import Tensors
import TestSupport
import Testing

@Suite("No file of any family ends the process", .computing)
struct HostileFamilyTests {
    /// Keys of the small models that change nothing of the forward pass.
    private static let unread = [
        ".vocab_size", ".n_deepstack_layers", "phi3.attention.sliding_window", "phimoe.attention.sliding_window",
        "falcon.tensor_data_layout", "gpt-oss.feed_forward_length", "mamba2.feed_forward_length",
        "mamba2.attention.head_count", "deepseek2.attention.head_count_kv",
        "deepseek2.attention.key_length", "deepseek2.attention.value_length",
    ]

    private enum Outcome { case error, sameProgram, computed }

    /// A model of each kind.
    private static let names = ArchitectureRegistry.models.compactMap(\.goldens.first)

    /// Values that a key may be set to, whatever it is; nil takes it away.
    private static let values: [GGUFValue?] = [
        nil, .uint32(0), .uint32(1), .int32(-1), .uint32(1 << 31), .uint64(1 << 60), .uint64(.max), .float32(.nan),
        .float32(.infinity), .float32(-1), .float32(0), .float32(1e-38), .float32(3e38), .string("1"), .bool(true),
        .bool(false), .array(GGUFArray([UInt32]())), .array(GGUFArray([1] as [UInt32])),
        .array(GGUFArray(["a", "b"])), .array(GGUFArray([-1, 1 << 30, 0, 7] as [Int32])),
        .array(GGUFArray([Float.nan, 0, -1, 1e38])), .array(GGUFArray([true, false, true, false])),
    ]

    /// Keys of every family, without the architecture: files may have those of others too.
    private static let keys: Set<String> = Set(
        names.flatMap { name in
            guard let metadata = try? ModelDescription(name).metadata else { return [String]() }
            return metadata.keys.compactMap { key in
                key.hasPrefix("general.") ? nil : key.split(separator: ".").dropFirst().joined(separator: ".")
            }
        })

    /// What a number could be by mistake: of another size, or of another key.
    private static func contradictions(_ value: GGUFValue?) -> [GGUFValue] {
        guard let number = value?.integer(UInt32.self) else { return [] }
        return [number &+ 1, number &- 1, number &* 2, number / 2, 64, 16].map { .uint32($0) }
    }

    @Test("hyperparameters make a program or an error that names one, at once", arguments: names)
    func hyperparameters(name: String) throws {
        let model = try ModelDescription(name)
        let architecture = try #require(model.metadata.architecture)
        let whole = try Self.program(model)
        var outcomes: [Outcome: Int] = [:]
        for key in Self.keys.map({ "\(architecture).\($0)" }).sorted() + ["general.architecture"] {
            let old = model.metadata[key]
            func setting(_ value: GGUFValue?) -> ModelDescription {
                var changed = model
                changed.metadata[key] = value
                return changed
            }
            // What the family does not read is not tried further.
            guard
                old != nil || [.string("1"), .int32(-1)].contains(where: { (try? Self.program(setting($0))) != whole })
            else { continue }
            if old != nil, !Self.unread.contains(where: key.hasSuffix) {
                let error = #expect(throws: ComputeError.self, "\(key)") {
                    try Self.program(setting(.array(GGUFArray(["none"]))))
                }
                #expect(error?.description.contains(key) == true, "\(name), \(key)")
            }
            for value in Self.values + Self.contradictions(old) where value != old {
                let place = "\(name), \(key) = \(value.map(\.description) ?? "none")"
                outcomes[Self.check(setting(value), place, unlessLike: whole), default: 0] += 1
            }
        }
        Self.expectVariety(of: outcomes, name)
    }

    @Test(
        "a tensor that is missing, misshapen or of another type makes a program or an error that names it",
        arguments: names)
    func tensors(name: String) throws {
        let model = try ModelDescription(name)
        let whole = try Self.program(model)
        var outcomes: [Outcome: Int] = [:]
        for (tensor, (type, shape)) in model.weights.shapes.sorted(by: { $0.key < $1.key }) {
            var misshapen = model
            misshapen.weights.shapes[tensor] = try (type, #require(TensorShape([3, 5, 7, 9])))
            let error = #expect(throws: ComputeError.self, "\(name), \(tensor)") { try Self.program(misshapen) }
            #expect(error?.description.contains(tensor) == true, "\(name), \(tensor)")

            var shapes: [[Int]] = [[], [0], [1], shape.dimensions + [2], shape.dimensions.reversed()]
            for axis in shape.dimensions.indices {
                for change in [-1, 1, shape.dimensions[axis]] {
                    var dimensions = shape.dimensions
                    dimensions[axis] += change
                    shapes.append(dimensions)
                }
            }
            var descriptions = shapes.filter { $0 != shape.dimensions }.compactMap {
                TensorShape($0).map { (type, $0) }
            }
            for other in [QuantizationType.f16, .q8_0, .i32, .q8_K, .mxfp4] { descriptions.append((other, shape)) }
            for description in [nil] + descriptions.map(Optional.some) {
                var changed = model
                changed.weights.shapes[tensor] = description
                let text = description.map { "\($0.0.name) \($0.1)" } ?? "none"
                let place = "\(name), \(tensor) = \(text)"
                outcomes[Self.check(changed, place, unlessLike: whole), default: 0] += 1
            }
        }
        Self.expectVariety(of: outcomes, name)
    }

    @Test("flipped bits and cut files", arguments: names)
    func files(name: String) throws {
        let model = try ModelDescription(name)
        let bytes = try model.file()
        let header =
            try bytes.count
            - model.weights.shapes.values.reduce(0) { sum, tensor in
                sum + (try #require(tensor.type.byteCount(ofElements: tensor.shape.elementCount)))
            }
        let whole = try Self.program(model)
        var outcomes: [Outcome: Int] = [:]
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<12 {
            let count = Int.random(in: 0..<(Bool.random(using: &generator) ? header : bytes.count), using: &generator)
            let outcome = Self.check(Array(bytes[..<count]), "\(name), cut at \(count)", unlessLike: whole)
            outcomes[outcome, default: 0] += 1
        }
        for _ in 0..<150 {
            var changed = bytes
            let index = Int.random(in: 0..<header, using: &generator)
            let bit = UInt8.random(in: 0..<8, using: &generator)
            changed[index] ^= 1 << bit
            let outcome = Self.check(changed, "\(name), bit \(bit) of byte \(index)", unlessLike: whole)
            outcomes[outcome, default: 0] += 1
        }
        Self.expectVariety(of: outcomes, name)
    }

    private static func expectVariety(of outcomes: [Outcome: Int], _ name: String) {
        let (errors, computed) = (outcomes[.error, default: 0], outcomes[.computed, default: 0])
        print("hostile: \(outcomes.values.reduce(0, +)) files of \(name), \(errors) refused, \(computed) computed")
        #expect(errors > 0 && outcomes.count > 1)
    }

    /// Without passes, which take most of the time.
    private static func program(_ model: ModelDescription) throws -> Program {
        try ArchitectureRegistry.program(for: model.metadata, weights: model.weights, passes: []).program
    }

    private static func check(_ bytes: [UInt8], _ place: String, unlessLike whole: Program) -> Outcome {
        do {
            let file = try ModelContents(GGUFFile(bytes: bytes))
            let program = try ArchitectureRegistry.program(for: file.metadata, weights: file, passes: []).program
            return try step(program, file, unlessLike: whole)
        } catch {
            #expect(error is GGUFError || error is ComputeError, "\(place)")
            #expect(!"\(error)".contains("\n"), "\(place): \(error)")
            return .error
        }
    }

    private static func check(_ model: ModelDescription, _ place: String, unlessLike whole: Program) -> Outcome {
        var outcome = Outcome.error
        let start = processorSeconds()
        do {
            outcome = try step(program(model), model.weights, unlessLike: whole)
        } catch let error as ComputeError {
            let text = error.description
            let names = [
                "\(model.metadata.architecture ?? "general").", "general.", "architecture \"", "tensor \"", "blk.",
            ]
            #expect(names.contains { text.contains($0) }, "\(place): \(text)")
            #expect(!text.contains("\n"), "\(place): \(text)")
        } catch {
            Issue.record("\(place): \(error)")
        }
        #expect(processorSeconds() - start < 1, "\(place)")
        return outcome
    }

    /// Computes two rows, one after another, unless the steps are those of `whole`, the model's program as it was.
    private static func step(
        _ program: Program, _ weights: any WeightSource, unlessLike whole: Program
    ) throws -> Outcome {
        if program == whole || ProgramPrinter(program).listing == ProgramPrinter(whole).listing { return .sameProgram }
        let limits = ExecutionLimits(
            maximumRows: 1, maximumOutputs: 1, blockCounts: program.cacheGroups.map { _ in 1 }, blockTokens: 8,
            contextLength: 8, cacheType: .f32)
        var runner = SequenceRunner(try ReferenceBackend().compile(program.applying(), weights, limits))
        for _ in 0..<2 { _ = try runner.logits(of: [0]) }
        return .computed
    }
}

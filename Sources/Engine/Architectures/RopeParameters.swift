package import Compute
import Tensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The `rope.*` entries of a model's metadata: how positions become angles, and how a longer context is reached.
package struct RopeParameters: Hashable, Sendable {
    enum Scaling: Hashable, Sendable {
        /// Positions are divided by the factor; 1 changes nothing.
        case linear(factor: Double)
        /// Slow pairs are interpolated, fast ones kept, those between are mixed; attention is sharpened.
        case yarn(factor: Double, original: Double, betaFast: Double, betaSlow: Double, attentionFactor: Double)
        /// Llama 3.1's rule, for files that do not store its result as a tensor.
        case llama3(factor: Double, original: Double, low: Double, high: Double)
    }

    let base: Double
    /// How many first elements of a head are rotated.
    let rotatedWidth: Int
    let scaling: Scaling
    /// Each pair's frequency is divided by this (tensor `rope_freqs`).
    let divisors: [Float]?

    package init(
        _ model: Hyperparameters, _ weights: WeightDirectory, headWidth: Int
    ) throws(ComputeError) {
        base = try model.number("rope.freq_base", default: 10_000)
        rotatedWidth = try model.count("rope.dimension_count", in: 2...max(2, headWidth), default: headWidth)
        guard rotatedWidth % 2 == 0, rotatedWidth <= headWidth else {
            throw model.invalid("rope.dimension_count", "\(rotatedWidth) elements of \(headWidth) cannot be rotated")
        }
        scaling = try Self.scaling(model)
        divisors = try Self.divisors(weights, count: rotatedWidth / 2)
    }

    private static func scaling(_ model: Hyperparameters) throws(ComputeError) -> Scaling {
        // Files older than `rope.scaling.*` have `rope.scale_linear`.
        let legacyFactor = try model.number("rope.scale_linear", default: 1)
        let factor = try model.number("rope.scaling.factor", default: legacyFactor)
        let original = try model.number(
            "rope.scaling.original_context_length", default: Double(model.contextLength))
        switch try model.text("rope.scaling.type") ?? "linear" {
        case "none": return .linear(factor: 1)
        case "linear": return .linear(factor: factor)
        case "yarn":
            return .yarn(
                factor: factor, original: original,
                betaFast: try model.number("rope.scaling.yarn_beta_fast", default: 32),
                betaSlow: try model.number("rope.scaling.yarn_beta_slow", default: 1),
                attentionFactor: try model.number("rope.scaling.attn_factor", default: 1))
        case "llama3":
            let low = try model.number("rope.scaling.low_freq_factor", default: 1)
            let high = try model.number("rope.scaling.high_freq_factor", default: 4)
            guard low < high else {
                throw model.invalid("rope.scaling.high_freq_factor", "\(high) is not above \(low)")
            }
            return .llama3(factor: factor, original: original, low: low, high: high)
        case let other:
            throw model.invalid("rope.scaling.type", "\"\(other)\" is not supported")
        }
    }

    private static func divisors(_ weights: WeightDirectory, count: Int) throws(ComputeError) -> [Float]? {
        guard let tensor = weights.tensor("rope_freqs") else { return nil }
        let weight = try weights.vector("rope_freqs", width: count)
        guard tensor.type == .f32, tensor.bytes.count == count * MemoryLayout<Float>.size else {
            throw .unsupportedType(weight: weight.name, type: tensor.type.name)
        }
        let values = (0..<count).map {
            tensor.bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Float>.size, as: Float.self)
        }
        guard values.allSatisfy({ $0.isFinite && $0 > 0 }) else {
            throw .invalidHyperparameter(key: weight.name, reason: "a factor is not a positive number")
        }
        return values
    }

    /// The frequency of each pair and the magnitude, as backends want them.
    ///
    /// - Parameter isInterleaved: pairs are neighbours (the order of GGUF's Llama), not halves (NeoX's order).
    package func rotation(isInterleaved: Bool) -> Rotation {
        let count = rotatedWidth / 2
        var frequencies: [Float] = []
        for pair in 0..<count {
            var frequency = pow(base, -Double(pair) / Double(count))
            if let divisors { frequency /= Double(divisors[pair]) }
            frequencies.append(Float(scaled(frequency, pair: Double(pair))))
        }
        return Rotation(frequencies: frequencies, magnitude: magnitude, isInterleaved: isInterleaved)
    }

    private var magnitude: Float {
        guard case .yarn(let factor, _, _, _, let attentionFactor) = scaling else { return 1 }
        return Float(attentionFactor * (1 + 0.1 * log(factor)))
    }

    private func scaled(_ frequency: Double, pair: Double) -> Double {
        switch scaling {
        case .linear(let factor):
            return frequency / factor
        case .yarn(let factor, let original, let betaFast, let betaSlow, _):
            // The pair that turns `beta` times within the original context.
            func pairTurning(_ beta: Double) -> Double {
                Double(rotatedWidth) * log(original / (beta * 2 * .pi)) / (2 * log(base))
            }
            let first = max(0, pairTurning(betaFast).rounded(.down))
            let last = min(Double(rotatedWidth - 1), pairTurning(betaSlow).rounded(.up))
            let interpolated = min(1, max(0, (pair - first) / max(0.001, last - first)))
            return frequency / factor * interpolated + frequency * (1 - interpolated)
        case .llama3(let factor, let original, let low, let high):
            let turns = original * frequency / (2 * .pi)
            let kept = min(1, max(0, (turns - low) / (high - low)))
            return frequency / factor * (1 - kept) + frequency * kept
        }
    }
}

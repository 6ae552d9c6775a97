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
        /// Slow pairs are interpolated, fast ones kept, those between are mixed.
        case yarn(factor: Double, original: Double, betaFast: Double, betaSlow: Double, extrapolation: Double)
        /// Llama 3.1's rule, for files that do not store its result as a tensor.
        case llama3(factor: Double, original: Double, low: Double, high: Double)
    }

    var base: Double
    /// How many first elements of a head are rotated.
    let rotatedWidth: Int
    var scaling: Scaling
    /// Multiplies what is rotated: it sharpens attention in a long context.
    var magnitude: Double
    /// Each pair's frequency is divided by this.
    var divisors: [Float]?

    package init(
        _ model: Hyperparameters, _ weights: WeightDirectory, headWidth: Int
    ) throws(ComputeError) {
        base = try model.number("rope.freq_base", default: 10_000)
        rotatedWidth = try model.count("rope.dimension_count", in: 2...max(2, headWidth), default: headWidth)
        guard rotatedWidth % 2 == 0, rotatedWidth <= headWidth else {
            throw model.invalid("rope.dimension_count", "\(rotatedWidth) elements of \(headWidth) cannot be rotated")
        }
        // Files older than `rope.scaling.*` have `rope.scale_linear`.
        let legacyFactor = try model.number("rope.scale_linear", default: 1)
        let factor = try model.number("rope.scaling.factor", default: legacyFactor)
        let original = try model.number(
            "rope.scaling.original_context_length", default: Double(model.contextLength))
        magnitude = try model.number("rope.scaling.attn_factor", default: 1)
        let type = try model.text("rope.scaling.type") ?? "linear"
        switch type {
        case "none": scaling = .linear(factor: 1)
        case "linear", "longrope": scaling = .linear(factor: factor)
        case "yarn":
            scaling = .yarn(
                factor: factor, original: original,
                betaFast: try model.number("rope.scaling.yarn_beta_fast", default: 32),
                betaSlow: try model.number("rope.scaling.yarn_beta_slow", default: 1),
                extrapolation: try model.number("rope.scaling.yarn_ext_factor", default: 1))
            magnitude *= try Self.yarnMagnitude(model, factor: factor)
        case "llama3":
            let low = try model.number("rope.scaling.low_freq_factor", default: 1)
            let high = try model.number("rope.scaling.high_freq_factor", default: 4)
            guard low < high else {
                throw model.invalid("rope.scaling.high_freq_factor", "\(high) is not above \(low)")
            }
            scaling = .llama3(factor: factor, original: original, low: low, high: high)
        default: throw model.invalid("rope.scaling.type", "\"\(type)\" is not supported")
        }
        divisors = try Self.divisors(
            weights, count: rotatedWidth / 2, isLongRope: type == "longrope",
            isLong: Double(model.servedLength) > original)
    }

    /// The rotation of windowed layers, which have a base of their own (`rope.freq_base_swa`) and, because they see no more
    /// than their window, no scaling.
    package func ofWindowedLayers(
        _ model: Hyperparameters, base fallback: Double
    ) throws(ComputeError) -> RopeParameters {
        var result = self
        result.base = try model.number("rope.freq_base_swa", default: fallback)
        result.scaling = .linear(factor: 1)
        result.magnitude = 1
        result.divisors = nil
        return result
    }

    /// Takes the magnitude from the rotated elements, for a family that sharpens attention in all elements of a head: DeepSeek.
    /// Its files have a tenth of `mscale_all_dim` as `rope.scaling.yarn_log_multiplier`.
    /// - Returns: what scores are multiplied by instead.
    package mutating func moveMagnitudeToScores(_ model: Hyperparameters) throws(ComputeError) -> Float {
        guard case .yarn(let factor, _, _, _, _) = scaling,
            let multiplier = try model.number("rope.scaling.yarn_log_multiplier")
        else { return 1 }
        magnitude = 1
        let root = 1 + multiplier * log(max(1, factor))
        return Float(root * root)
    }

    /// What YaRN's paper recommends, or what the file says.
    private static func yarnMagnitude(_ model: Hyperparameters, factor: Double) throws(ComputeError) -> Double {
        if let given = try model.number("rope.scaling.yarn_attn_factor") { return given }
        func magnitude(_ multiplier: Double) -> Double { factor <= 1 ? 1 : 1 + 0.1 * multiplier * log(factor) }
        // Some models bring a part of it in at another place.
        guard let elsewhere = try model.numberUnlessZero("rope.scaling.yarn_log_multiplier") else {
            return magnitude(1)
        }
        return magnitude(1) / magnitude(elsewhere)
    }

    /// The factors stored as a tensor: one for all contexts, or (LongRoPE) one for contexts up to the original length and one
    /// for longer ones. The served length decides, so that a sequence keeps its rotation as it grows.
    /// - Parameter isLongRope: there must be those of LongRoPE.
    private static func divisors(
        _ weights: WeightDirectory, count: Int, isLongRope: Bool, isLong: Bool
    ) throws(ComputeError) -> [Float]? {
        if isLongRope || weights.has("rope_factors_long") || weights.has("rope_factors_short") {
            let long = try factors(weights, "rope_factors_long", count: count)
            let short = try factors(weights, "rope_factors_short", count: count)
            return isLong ? long : short
        }
        return weights.has("rope_freqs") ? try factors(weights, "rope_freqs", count: count) : nil
    }

    private static func factors(
        _ weights: WeightDirectory, _ name: String, count: Int
    ) throws(ComputeError) -> [Float] {
        let weight = try weights.vector(name, width: count)
        guard let tensor = weights.tensor(name), tensor.type == .f32,
            tensor.bytes.count == count * MemoryLayout<Float>.size
        else {
            throw .unsupportedType(weight: weight.name, type: weight.type.name)
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
    /// - Parameters:
    ///   - isInterleaved: pairs are neighbours (the order of GGUF's Llama), not halves (NeoX's order).
    ///   - sections: of each pair, for multi-section rotation.
    package func rotation(isInterleaved: Bool, sections: [Int] = []) -> Rotation {
        let count = rotatedWidth / 2
        var frequencies: [Float] = []
        for pair in 0..<count {
            var frequency = pow(base, -Double(pair) / Double(count))
            if let divisors { frequency /= Double(divisors[pair]) }
            frequencies.append(Float(scaled(frequency, pair: Double(pair))))
        }
        return Rotation(
            frequencies: frequencies, magnitude: Float(magnitude), isInterleaved: isInterleaved, sections: sections)
    }

    private func scaled(_ frequency: Double, pair: Double) -> Double {
        switch scaling {
        case .linear(let factor):
            return frequency / factor
        case .yarn(let factor, let original, let betaFast, let betaSlow, let extrapolation):
            // The pair that turns `beta` times within the original context.
            func pairTurning(_ beta: Double) -> Double {
                Double(rotatedWidth) * log(original / (beta * 2 * .pi)) / (2 * log(base))
            }
            let first = max(0, pairTurning(betaFast).rounded(.down))
            let last = min(Double(rotatedWidth - 1), pairTurning(betaSlow).rounded(.up))
            let interpolated = min(1, max(0, (pair - first) / max(0.001, last - first)))
            let kept = (1 - interpolated) * extrapolation
            return frequency / factor * (1 - kept) + frequency * kept
        case .llama3(let factor, let original, let low, let high):
            let turns = original * frequency / (2 * .pi)
            let kept = min(1, max(0, (turns - low) / (high - low)))
            return frequency / factor * (1 - kept) + frequency * kept
        }
    }
}

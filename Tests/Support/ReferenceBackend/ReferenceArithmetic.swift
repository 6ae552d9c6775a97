import Compute
import Tensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What steps do to single rows.
extension ReferenceExecutable {
    func add(_ first: Row, _ second: Row) -> Row { zip(first, second).map(+) }

    func add(_ first: [Row], _ second: [Row]) -> [Row] { zip(first, second).map(add) }

    /// [output] = matrix × row; the matrix's rows lie one after another from `start` on.
    func multiply(_ matrix: [Float], from start: Int = 0, outputs: Int, _ row: Row) -> Row {
        matrix.withUnsafeBufferPointer { matrix in
            row.withUnsafeBufferPointer { row in
                (0..<outputs).map { output in
                    var sum: Float = 0
                    let first = start + output * row.count
                    for index in 0..<row.count { sum += matrix[first + index] * row[index] }
                    return sum
                }
            }
        }
    }

    func normalize(_ rows: [Row], _ normalization: Normalization) -> [Row] {
        rows.map { row in
            let width = row.count / normalization.groups
            var result: Row = []
            for start in stride(from: 0, to: row.count, by: width) {
                let group = row[start..<start + width].map { Double($0) }
                let mean = normalization.kind == .layer ? group.reduce(0, +) / Double(width) : 0
                let variance = group.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
                let scale = 1 / (variance + Double(normalization.epsilon)).squareRoot()
                result += group.map { Float(($0 - mean) * scale) }
            }
            if let weight = normalization.weight {
                let factors = weights[weight]
                for index in result.indices { result[index] *= factors[index % factors.count] }
            }
            if let bias = normalization.bias {
                let terms = weights[bias]
                for index in result.indices { result[index] += terms[index % terms.count] }
            }
            return result
        }
    }

    func rotate(_ rows: [Row], _ rotation: Rotation, heads: Int, _ batch: Batch) -> [Row] {
        let pairs = rotation.frequencies.count
        let step = rotation.isInterleaved ? 2 : 1
        let distance = rotation.isInterleaved ? 1 : pairs
        let positions = batch.positions
        return rows.enumerated().map { index, row in
            var result = row
            for start in stride(from: 0, to: row.count, by: row.count / heads) {
                for pair in 0..<pairs {
                    var position = positions[index]
                    if let given = batch.sectionPositions, !rotation.sections.isEmpty {
                        position = Int(given[rotation.sections[pair]][index])
                    }
                    let angle = Double(position) * Double(rotation.frequencies[pair])
                    let (first, second) = (start + pair * step, start + pair * step + distance)
                    let (cosine, sine) = (Float(cos(angle)), Float(sin(angle)))
                    result[first] = (row[first] * cosine - row[second] * sine) * rotation.magnitude
                    result[second] = (row[first] * sine + row[second] * cosine) * rotation.magnitude
                }
            }
            return result
        }
    }

    func apply(_ function: ElementFunction, _ x: Float) -> Float {
        switch function {
        case .activation(let activation): activate(activation, x)
        case .scale(let factor): x * factor
        case .softcap(let cap): cap * tanh(x / cap)
        case .clamp(let range): min(max(x, range.lowerBound), range.upperBound)
        }
    }

    func activate(_ activation: Activation, _ x: Float) -> Float {
        func sigmoid(_ x: Float) -> Float { 1 / (1 + exp(-x)) }
        return switch activation {
        case .silu: x * sigmoid(x)
        case .gelu: 0.5 * x * (1 + erf(x / Float(2).squareRoot()))
        case .geluTanh: 0.5 * x * (1 + tanh(Float(0.797_884_56) * (x + 0.044715 * x * x * x)))
        case .geluQuick: x * sigmoid(1.702 * x)
        case .relu: max(x, 0)
        case .reluSquared: max(x, 0) * max(x, 0)
        case .sigmoid: sigmoid(x)
        case .tanh: tanh(x)
        case .softplus: x > 20 ? x : log1p(exp(x))
        }
    }

    func gate(_ gates: [Row], _ ups: [Row], _ function: GateFunction) -> [Row] {
        zip(gates, ups).map { gate, up in
            up.indices.map { index in
                let (g, u) = (gate[gate.count == 1 ? 0 : index], up[index])
                switch function {
                case .activation(let activation): return activate(activation, g) * u
                case .clampedSwiGLU(let alpha, let limit):
                    let clamped = min(g, limit)
                    return clamped / (1 + exp(-alpha * clamped)) * (min(max(u, -limit), limit) + 1)
                }
            }
        }
    }

    func softmax(_ scores: Row) -> Row {
        let best = scores.max() ?? 0
        let weights = scores.map { exp($0 - best) }
        let total = weights.reduce(0, +)
        return weights.map { $0 / total }
    }

    /// The shares of `chosen`, best first, by `RoutingRule.Score.sparseMixer`.
    func sparseShares(_ logits: Row, _ chosen: [Int], jitter: Float) -> Row {
        var left = logits
        return chosen.map { expert in
            let best = logits[expert]
            let near = left.filter { $0 > -.infinity && !((best - $0) / max(abs($0), best) > 2 * jitter) }
            left[expert] = -.infinity
            return 1 / near.reduce(0) { $0 + exp($1 - best) }
        }
    }
}

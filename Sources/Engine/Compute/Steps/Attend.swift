#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Which positions a row attends to.
package enum Mask: Hashable, Sendable {
    /// Those up to its own.
    case causal
    /// The last of those, so many at most.
    case window(Int)
    /// Those up to its own in the same chunk of so many positions.
    case chunk(Int)
    /// All of the span.
    case full

    /// The positions that a row sees.
    /// - Parameter end: the end of the span that the row is in.
    package func visible(from position: Int, end: Int) -> Range<Int> {
        switch self {
        case .causal: 0..<position + 1
        case .window(let length): max(0, position + 1 - length)..<position + 1
        case .chunk(let length): position / length * length..<position + 1
        case .full: 0..<end
        }
    }

    /// The most positions that a row sees of so many.
    package func mostVisible(of positions: Int) -> Int {
        switch self {
        case .causal, .full: positions
        case .window(let length), .chunk(let length): min(positions, length)
        }
    }

    /// What a cache must keep for it.
    package var policy: CachePolicy {
        switch self {
        case .causal, .full: .full
        case .window(let length), .chunk(let length): .window(length)
        }
    }
}

/// How the scale of scores grows with a row's position, so that attention stays sharp among many keys.
package struct AttentionTemperature: Hashable, Sendable {
    package let strength: Float
    /// Positions over which the scale stays the same; at least 1.
    package let interval: Int

    package init(strength: Float, interval: Int) {
        self.strength = strength
        self.interval = interval
    }

    /// What the scores of a row at `position` are multiplied by beside `Attend.scale`.
    package func factor(at position: Int) -> Float {
        1 + strength * Float(log(Double(1 + position / interval)))
    }
}

/// Attends to the keys and values of a layer of the cache; `heads / layer heads` query heads share a key/value head.
package struct Attend: Operation {
    /// Rows × (heads × key width).
    package var query: Value
    package let heads: Int
    package let layer: CacheLayer
    package let mask: Mask
    /// Multiplies query · key.
    package let scale: Float
    /// Nil where positions do not change that.
    package let temperature: AttentionTemperature?
    /// Scores become `softcap × tanh(score / softcap)`.
    package let softcap: Float?
    /// A score for each head that takes a share and gives no value. [heads].
    package let sinks: Weight?
    /// ALiBi: for each head, what is added to a score for each position that a key lies after the row's own.
    package let slopes: [Float]?
    /// Applied to the queries first, to each head alike.
    package var queryNorm: Normalization?
    /// Applied to the queries after that.
    package var rotation: Rotation?
    /// Done before anything is read.
    package var store: Store?
    /// Rows × (heads × value width).
    package var output: Value

    package var kvHeads: Int { shape.heads }
    package var keyWidth: Int { shape.keyWidth }
    package var valueWidth: Int { shape.valueWidth }

    private var shape: (heads: Int, keyWidth: Int, valueWidth: Int) {
        guard case .keysAndValues(let heads, let keyWidth, let valueWidth) = layer.content else { return (1, 0, 0) }
        return (heads, keyWidth, valueWidth)
    }

    package var inputs: [Value] { [query] + (store?.inputs ?? []) }
    package var outputs: [Value] { [output] }
    package var weights: [Weight] {
        (queryNorm?.weights ?? []) + (store?.weights ?? []) + (sinks.map { [$0] } ?? [])
    }
    package var isRowwise: Bool { false }
    package var written: [CacheLayer] { store?.written ?? [] }
    package var read: [CacheLayer] { store == nil ? [layer] : [] }
    package var kind: StepKind { StepKind(operation: "attend") }

    package func cost(of batch: Batch) -> StepCost {
        var cost = StepCost()
        for span in batch.spans {
            var seen = 0
            var oldest = span.endPosition
            for position in span.firstPosition..<span.endPosition {
                let visible = mask.visible(from: position, end: span.endPosition)
                seen += visible.count
                oldest = min(oldest, visible.lowerBound)
            }
            cost.cacheElements += (span.endPosition - oldest) * layer.elements(perBlockOf: 1)
            cost.multiplyAdds += seen * heads * (keyWidth + valueWidth)
        }
        return cost
    }

    package func text(_ names: ProgramNames) -> String {
        let queries = queryNorm?.text(names, of: query) ?? names[query]
        var parts = ["attend \(rotation.map { $0.text + " " } ?? "")\(queries)"]
        if let store { parts.append(store.texts(names)) }
        let widths = keyWidth == valueWidth ? "\(keyWidth)" : "\(keyWidth)/\(valueWidth)"
        parts += ["cache \(layer.index)", "\(heads)/\(kvHeads) heads of \(widths)"]
        switch mask {
        case .causal: break
        case .window(let length): parts.append("window \(length)")
        case .chunk(let length): parts.append("chunks of \(length)")
        case .full: parts.append("all positions")
        }
        if let temperature { parts.append("temperature \(temperature.strength) every \(temperature.interval)") }
        if let softcap { parts.append("softcap \(softcap)") }
        if let sinks { parts.append("sinks \(names[sinks])") }
        if slopes != nil { parts.append("alibi") }
        return parts.joined(separator: ", ")
    }

    package func mapping(inputs input: (Value) -> Value, outputs output: (Value) -> Value) -> Step {
        var step = self
        step.query = input(query)
        step.store = store?.mapping(input)
        step.output = output(self.output)
        return .attend(step)
    }
}

extension ProgramBuilder {
    /// Attends to what `store` has put into `layer`.
    package mutating func attend(
        _ query: Value, _ layer: CacheLayer, heads: Int, scale: Float, temperature: AttentionTemperature? = nil,
        mask: Mask = .causal, softcap: Float? = nil, sinks: Weight? = nil, slopes: [Float]? = nil
    ) throws(ComputeError) -> Value {
        guard case .keysAndValues(let kvHeads, let keyWidth, let valueWidth) = layer.content, heads > 0,
            heads % kvHeads == 0, query.rows == .tokens,
            heads.multipliedReportingOverflow(by: keyWidth) == (query.width, false)
        else {
            throw .unsupported("cannot attend with \(heads) heads of a width of \(query.width) to \(layer.content)")
        }
        switch mask {
        case .window(let length), .chunk(let length):
            guard length > 0 else { throw .unsupported("cannot attend to \(length) positions") }
        case .causal, .full: break
        }
        if let temperature, temperature.interval < 1 {
            throw .unsupported("the scale of scores cannot grow every \(temperature.interval) positions")
        }
        if let sinks { try check(sinks, is: [heads]) }
        guard slopes == nil || slopes?.count == heads else {
            throw .unsupported("cannot attend with \(slopes?.count ?? 0) slopes for \(heads) heads")
        }
        let (width, overflow) = heads.multipliedReportingOverflow(by: valueWidth)
        guard !overflow else { throw .unsupported("\(heads) heads of \(valueWidth) are too wide") }
        let output = value(width)
        append(
            .attend(
                Attend(
                    query: query, heads: heads, layer: layer, mask: mask, scale: scale, temperature: temperature,
                    softcap: softcap, sinks: sinks, slopes: slopes, output: output)))
        return output
    }
}

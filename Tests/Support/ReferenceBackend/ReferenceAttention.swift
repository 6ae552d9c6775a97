import Compute
import Tensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension ReferenceExecutable {
    func perform(_ store: Store, _ batch: Batch) {
        guard case .keysAndValues(let heads, _, _) = store.layer.content else { return }
        var keys = rows(store.key)
        if let norm = store.keyNorm { keys = normalize(keys, norm) }
        if let rotation = store.rotation { keys = rotate(keys, rotation, heads: heads, batch) }
        let values = rows(store.value)
        for span in batch.spans {
            for row in span.rows {
                cache.store(
                    store.layer, position: span.firstPosition + row - span.rows.lowerBound, span, key: keys[row],
                    value: values[row])
            }
        }
    }

    func perform(_ attend: Attend, _ batch: Batch) {
        if let store = attend.store { perform(store, batch) }
        var queries = rows(attend.query)
        if let norm = attend.queryNorm { queries = normalize(queries, norm) }
        if let rotation = attend.rotation {
            queries = rotate(queries, rotation, heads: attend.heads, batch)
        }
        var output: [Row] = []
        for span in batch.spans {
            for row in span.rows {
                output.append(
                    self.attend(
                        queries[row], attend, position: span.firstPosition + row - span.rows.lowerBound, span))
            }
        }
        set(attend.output, output)
    }

    private func attend(_ query: Row, _ attend: Attend, position: Int, _ span: Batch.Span) -> Row {
        let seen = attend.mask.visible(from: position, end: span.endPosition)
        let entries = seen.map { cache.entry(attend.layer, position: $0, span) }
        let sinks = attend.sinks.map { weights[$0] }
        var output: Row = []
        for head in 0..<attend.heads {
            let kvHead = head / (attend.heads / attend.kvHeads)
            let (queryStart, keyStart) = (head * attend.keyWidth, kvHead * attend.keyWidth)
            var scores = zip(seen, entries).map { key, entry in
                var score: Float = 0
                for index in 0..<attend.keyWidth { score += query[queryStart + index] * entry.key[keyStart + index] }
                score *= attend.scale * (attend.temperature?.factor(at: position) ?? 1)
                if let cap = attend.softcap { score = cap * tanh(score / cap) }
                if let slopes = attend.slopes { score += slopes[head] * Float(key - position) }
                return score
            }
            if let sinks { scores.append(sinks[head]) }
            let shares = softmax(scores)
            output += (0..<attend.valueWidth).map { element in
                zip(shares, entries).reduce(Float(0)) {
                    $0 + $1.0 * $1.1.value[kvHead * attend.valueWidth + element]
                }
            }
        }
        return output
    }
}

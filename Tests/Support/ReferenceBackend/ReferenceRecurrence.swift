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
    func perform(_ convolve: Convolve, _ batch: Batch) {
        let input = rows(convolve.input)
        let weight = weights[convolve.weight]
        let bias = convolve.bias.map { weights[$0] }
        let (taps, channels) = (convolve.taps, convolve.input.width)
        var output: [Row] = []
        for span in batch.spans {
            let state = cache.state(convolve.state, span)
            var window = stride(from: 0, to: state.count, by: channels).map { Array(state[$0..<$0 + channels]) }
            for row in span.rows {
                window.append(input[row])
                output.append(
                    (0..<channels).map { channel in
                        var sum = bias?[channel] ?? 0
                        for tap in 0..<taps { sum += weight[channel * taps + tap] * window[tap][channel] }
                        return convolve.activation.map { activate($0, sum) } ?? sum
                    })
                window.removeFirst()
            }
            cache.keep(window.flatMap { $0 }, convolve.state, span)
        }
        set(convolve.output, output)
    }

    func perform(_ scan: Scan, _ batch: Batch) {
        let (inputs, steps) = (rows(scan.input), rows(scan.step))
        let (entries, exits) = (rows(scan.entry), rows(scan.exit))
        let (bias, decay, skip) = (weights[scan.stepBias], weights[scan.decay], weights[scan.skip])
        let shape = scan.shape
        var output: [Row] = []
        for span in batch.spans {
            var state = cache.state(scan.state, span)
            for row in span.rows {
                var result = Row(repeating: 0, count: scan.output.width)
                for head in 0..<shape.heads {
                    let step = activate(.softplus, steps[row][head] + bias[head])
                    let kept = exp(step * decay[head])
                    let side = head / (shape.heads / shape.groups) * shape.stateWidth
                    for element in head * shape.headWidth..<(head + 1) * shape.headWidth {
                        let x = inputs[row][element]
                        var sum = skip[head] * x
                        for index in 0..<shape.stateWidth {
                            let place = element * shape.stateWidth + index
                            state[place] = state[place] * kept + step * x * entries[row][side + index]
                            sum += state[place] * exits[row][side + index]
                        }
                        result[element] = sum
                    }
                }
                output.append(result)
            }
            cache.keep(state, scan.state, span)
        }
        set(scan.output, output)
    }
}

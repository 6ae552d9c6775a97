/// Stores the keys and values of the batch's rows in a layer of the cache.
package struct Store: Operation {
    /// Rows × (heads × key width).
    package var key: Value
    /// Rows × (heads × value width).
    package var value: Value
    package let layer: CacheLayer
    /// Applied to the keys first, to each head alike.
    package var keyNorm: Normalization?
    /// Applied to the keys after that.
    package var rotation: Rotation?

    package var inputs: [Value] { [key, value] }
    package var outputs: [Value] { [] }
    package var weights: [Weight] { keyNorm?.weights ?? [] }
    package var isRowwise: Bool { false }
    package var written: [CacheLayer] { [layer] }
    package var kind: StepKind { StepKind(operation: "store") }

    package func text(_ names: ProgramNames) -> String { "store \(texts(names)) in cache \(layer.index)" }

    /// The key, as it is rotated, and the value.
    func texts(_ names: ProgramNames) -> String {
        "\(rotation.map { $0.text + " " } ?? "")\(keyNorm?.text(names, of: key) ?? names[key]), \(names[value])"
    }

    package func mapping(inputs input: (Value) -> Value, outputs output: (Value) -> Value) -> Step {
        .store(mapping(input))
    }

    func mapping(_ input: (Value) -> Value) -> Store {
        var store = self
        store.key = input(key)
        store.value = input(value)
        return store
    }
}

extension ProgramBuilder {
    /// Stores keys and values of `heads` heads in a new layer of the cache, of a group that keeps what `policy` says.
    package mutating func store(
        key: Value, value: Value, heads: Int, policy: CachePolicy = .full
    ) throws(ComputeError) -> CacheLayer {
        guard heads > 0, key.width > 0, value.width > 0, key.width % heads == 0, value.width % heads == 0,
            key.rows == .tokens, value.rows == .tokens, policy != .state
        else {
            throw .unsupported("cannot store \(heads) heads of keys of \(key.width) and values of \(value.width)")
        }
        let layer = cacheLayer(
            .keysAndValues(heads: heads, keyWidth: key.width / heads, valueWidth: value.width / heads), policy)
        append(.store(Store(key: key, value: value, layer: layer)))
        return layer
    }
}

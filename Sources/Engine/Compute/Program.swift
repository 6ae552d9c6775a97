package import Tensors

/// Which rows of a batch a value has.
package enum RowSet: Hashable, Sendable {
    /// One for each token of the batch.
    case tokens
    /// One for each of the batch's output rows.
    case outputs
    /// One for each span of the batch: what is said of a whole text.
    case spans
}

/// The result of a step: `width` floats for each row of a row set.
package struct Value: Hashable, Sendable {
    package let id: Int
    package let width: Int
    package let rows: RowSet

    package init(id: Int, width: Int, rows: RowSet = .tokens) {
        self.id = id
        self.width = width
        self.rows = rows
    }
}

/// A weight as a program names it: a tensor, or a part of one.
package struct Weight: Hashable, Sendable {
    /// Of the tensor.
    package let name: String
    package let type: QuantizationType
    /// Of the part, where it is one.
    package let shape: TensorShape
    /// Where a tensor holds several matrices side by side (fused queries, keys and values): the part's rows, of each matrix
    /// where there are experts; of a vector, its elements. Nil for the whole tensor.
    package let part: Range<Int>?

    package init(name: String, type: QuantizationType, shape: TensorShape) {
        self.init(name: name, type: type, shape: shape, part: nil)
    }

    private init(name: String, type: QuantizationType, shape: TensorShape, part: Range<Int>?) {
        self.name = name
        self.type = type
        self.shape = shape
        self.part = part
    }

    /// Some rows of a matrix (or of each expert's matrix), or some elements of a vector, as a weight of its own.
    /// - Throws: `wrongShape` where the tensor has not so many.
    package func rows(_ range: Range<Int>) throws(ComputeError) -> Weight {
        let axis = min(1, shape.dimensions.count - 1)
        var dimensions = shape.dimensions
        guard part == nil, axis >= 0, range.lowerBound >= 0, !range.isEmpty, range.upperBound <= dimensions[axis] else {
            throw .wrongShape(weight: name, expected: "at least \(range.upperBound) rows", found: shape.description)
        }
        dimensions[axis] = range.count
        guard let shape = TensorShape(dimensions) else {
            throw .wrongShape(weight: name, expected: "\(dimensions)", found: shape.description)
        }
        return Weight(name: name, type: type, shape: shape, part: range)
    }

    /// Whether `tensor` is what this weight was made of.
    package func isHeld(by tensor: TensorView) -> Bool {
        guard tensor.type == type, tensor.bytes.count == type.byteCount(ofElements: tensor.shape.elementCount) else {
            return false
        }
        guard let part else { return tensor.shape.matches(shape) }
        let axis = min(1, shape.dimensions.count - 1)
        var dimensions = tensor.shape.dimensions
        guard dimensions.count == shape.dimensions.count, part.upperBound <= dimensions[axis] else { return false }
        dimensions[axis] = part.count
        return dimensions == shape.dimensions
    }

    /// Bytes in the file; 0 for shapes that are no whole number of blocks, which no backend takes.
    package var byteCount: Int { type.byteCount(ofElements: shape.elementCount) ?? 0 }

    /// The name without the layer's number: `ffn_down` of `blk.3.ffn_down.weight`.
    var role: String {
        var parts = name.split(separator: ".")
        if parts.count > 2, Int(parts[1]) != nil { parts.removeFirst(2) }
        if parts.count > 1, parts.last == "weight" { parts.removeLast() }
        return parts.joined(separator: ".")
    }
}

/// Where the bytes of weights come from: a GGUF file, or tensors made by a test.
package protocol WeightSource: Sendable {
    func tensor(named name: String) -> TensorView?
}

/// A model's forward pass: a flat list of steps over virtual values, symbolic in the number of rows.
///
/// A value is written by one step, before the steps that read it.
package struct Program: Hashable, Sendable {
    /// What the rows of the first output are.
    package enum Meaning: Hashable, Sendable {
        /// As wide as the vocabulary, one row for each output row.
        case logits
        /// Embeddings of tokens (`RowSet.outputs`) or of whole texts (`RowSet.spans`).
        case embeddings
        /// One number a text: how well a pair of texts fits (reranking).
        case scores
        /// Rows that another part of the program goes on with.
        case intermediate
    }

    package internal(set) var steps: [Step]
    /// Ids of values are below this.
    package internal(set) var valueCount: Int
    /// Values that come with each batch, as an earlier part of the program has written them.
    package internal(set) var inputs: [Value]
    /// What a batch computes; the first is what `withOutputs` shows.
    package internal(set) var outputs: [Value]
    package let meaning: Meaning
    /// What the steps keep between batches.
    package let cacheGroups: [CacheGroup]

    init(
        steps: [Step], valueCount: Int, inputs: [Value] = [], outputs: [Value], meaning: Meaning,
        cacheGroups: [CacheGroup]
    ) {
        self.steps = steps
        self.valueCount = valueCount
        self.inputs = inputs
        self.outputs = outputs
        self.meaning = meaning
        self.cacheGroups = cacheGroups
    }

    /// Floats of a row of the first output: the vocabulary's size where outputs are logits.
    package var outputWidth: Int { outputs.first?.width ?? 0 }

    /// How the rows of a text become one; nil where they do not.
    package var pooling: Pooling? {
        for case .pool(let pool) in steps { return pool.pooling }
        return nil
    }

    /// Whether rows may depend on rows after them, so that a text must be computed in one batch.
    package var isIndivisible: Bool {
        steps.contains { step in
            switch step {
            case .attend(let attend): attend.mask == .full
            case .pool: true
            default: false
            }
        }
    }
}

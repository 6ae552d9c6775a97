package import Tensors

/// Finds weights by their names without `.weight`, and checks that their shapes are what the architecture expects.
package struct WeightDirectory: Sendable {
    package enum Bias: Sendable { case none, optional, required }

    private let source: any WeightSource
    private let prefix: String

    package init(_ source: any WeightSource) {
        self.init(source, prefix: "")
    }

    private init(_ source: any WeightSource, prefix: String) {
        self.source = source
        self.prefix = prefix
    }

    /// The weights of one layer, `blk.N.…`.
    package func layer(_ index: Int) -> WeightDirectory {
        WeightDirectory(source, prefix: "\(prefix)blk.\(index).")
    }

    package func has(_ name: String) -> Bool {
        source.tensor(named: "\(prefix)\(name).weight") != nil
    }

    /// The tensor itself, for the few weights that decide how a program is built.
    package func tensor(_ name: String) -> TensorView? {
        source.tensor(named: "\(prefix)\(name).weight")
    }

    /// A weight of any shape.
    package func weight(_ name: String) throws(ComputeError) -> Weight {
        try find("\(prefix)\(name).weight")
    }

    package func vector(_ name: String, width: Int) throws(ComputeError) -> Weight {
        try find("\(prefix)\(name).weight", shape: [width])
    }

    package func matrix(_ name: String, from input: Int, to output: Int) throws(ComputeError) -> Weight {
        try find("\(prefix)\(name).weight", shape: [input, output])
    }

    /// A tensor that holds the matrices of all experts.
    package func experts(
        _ name: String, from input: Int, to output: Int, count: Int
    ) throws(ComputeError) -> Weight {
        try find("\(prefix)\(name).weight", shape: [input, output, count])
    }

    /// A matrix and its bias.
    package func projection(
        _ name: String, from input: Int, to output: Int, bias: Bias = .optional
    ) throws(ComputeError) -> Projection {
        let weight = try matrix(name, from: input, to: output)
        let biasName = "\(prefix)\(name).bias"
        switch bias {
        case .none: return Projection(weight: weight)
        case .optional where source.tensor(named: biasName) == nil: return Projection(weight: weight)
        case .optional, .required: return Projection(weight: weight, bias: try find(biasName, shape: [output]))
        }
    }

    private func find(_ name: String, shape expected: [Int]? = nil) throws(ComputeError) -> Weight {
        guard let tensor = source.tensor(named: name) else { throw .missingWeight(name: name) }
        if let expected, tensor.shape.dimensions != expected {
            throw .wrongShape(weight: name, expected: "\(expected)", found: tensor.shape.description)
        }
        return Weight(name: name, type: tensor.type, shape: tensor.shape)
    }
}

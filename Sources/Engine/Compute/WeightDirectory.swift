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

    /// The tensor's whole name, such as `blk.0.attn_q.weight`.
    package func name(of name: String) -> String { "\(prefix)\(name).weight" }

    package func has(_ name: String) -> Bool { tensor(name) != nil }

    /// Whether there is a matrix with so many rows.
    package func hasRows(_ name: String, _ count: Int) -> Bool { tensor(name)?.shape.rowCount == count }

    /// The tensor itself, for the few weights that decide how a program is built.
    package func tensor(_ name: String) -> TensorView? {
        source.tensor(named: self.name(of: name))
    }

    /// A weight of any shape.
    package func weight(_ name: String) throws(ComputeError) -> Weight {
        try find(self.name(of: name))
    }

    package func vector(_ name: String, width: Int) throws(ComputeError) -> Weight {
        try find(self.name(of: name), shape: [width])
    }

    package func matrix(_ name: String, from input: Int, to output: Int) throws(ComputeError) -> Weight {
        try find(self.name(of: name), shape: [input, output])
    }

    /// A table of rows of `width` elements, `entries` of them at least.
    package func table(_ name: String, width: Int, entries: Int = 1) throws(ComputeError) -> Weight {
        let table = try weight(name)
        guard table.shape.dimensions.count == 2, table.shape.rowLength == width, table.shape.rowCount >= entries else {
            throw .wrongShape(
                weight: table.name, expected: "[\(width), \(entries) or more]", found: table.shape.description)
        }
        return table
    }

    /// A weight of the shape `dimensions`, the length of a row first.
    package func tensor(_ name: String, _ dimensions: [Int]) throws(ComputeError) -> Weight {
        try find(self.name(of: name), shape: dimensions)
    }

    /// A weight whose name has no `.weight` at its end, of the shape `dimensions`.
    package func parameter(_ name: String, _ dimensions: [Int]) throws(ComputeError) -> Weight {
        try find("\(prefix)\(name)", shape: dimensions)
    }

    /// The tensor `<name>.bias`.
    package func bias(_ name: String, width: Int, _ bias: Bias) throws(ComputeError) -> Weight? {
        let name = "\(prefix)\(name).bias"
        switch bias {
        case .none: return nil
        case .optional where source.tensor(named: name) == nil: return nil
        case .optional, .required: return try find(name, shape: [width])
        }
    }

    /// A matrix and its bias.
    package func projection(
        _ name: String, from input: Int, to output: Int, bias: Bias = .optional
    ) throws(ComputeError) -> Projection {
        Projection(
            weight: try matrix(name, from: input, to: output), bias: try self.bias(name, width: output, bias))
    }

    /// The matrices of all experts, and their biases where there are some: in one tensor `<name>_exps`, or in a tensor
    /// `<name>.N` for each.
    package func experts(
        _ name: String, from input: Int, to output: Int, count: Int
    ) throws(ComputeError) -> ExpertMatrices {
        guard !has("\(name)_exps"), has("\(name).0") else {
            let biasName = "\(prefix)\(name)_exps.bias"
            let bias = source.tensor(named: biasName) == nil ? nil : try find(biasName, shape: [output, count])
            return ExpertMatrices([try tensor("\(name)_exps", [input, output, count])], bias: bias)
        }
        var tensors: [Weight] = []
        for expert in 0..<count { tensors.append(try matrix("\(name).\(expert)", from: input, to: output)) }
        return ExpertMatrices(tensors)
    }

    private func find(_ name: String, shape expected: [Int]? = nil) throws(ComputeError) -> Weight {
        guard let tensor = source.tensor(named: name) else { throw .missingWeight(name: name) }
        guard let expected else { return Weight(name: name, type: tensor.type, shape: tensor.shape) }
        guard let shape = TensorShape(expected), shape.matches(tensor.shape) else {
            throw .wrongShape(weight: name, expected: "\(expected)", found: tensor.shape.description)
        }
        return Weight(name: name, type: tensor.type, shape: shape)
    }
}

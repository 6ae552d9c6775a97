package import Compute

/// A family of models that share a forward pass.
package protocol ModelArchitecture: Sendable {
    /// The values of `general.architecture` that it reads.
    static var names: [String] { get }
    /// Writes the forward pass as the family's paper describes it; passes fuse it later.
    static func program(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) -> Program
}

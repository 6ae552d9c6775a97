package import Compute

extension Hyperparameters {
    /// The RMS normalization whose weight is called `name`, as wide as the embedding.
    package func normalization(
        _ weights: WeightDirectory, _ name: String
    ) throws(ComputeError) -> Normalization {
        Normalization(
            weight: try weights.vector(name, width: embeddingWidth),
            epsilon: Float(try requiredNumber("attention.layer_norm_rms_epsilon")))
    }
}

package import Compute

/// A program and what others need to know of its model.
package struct ModelProgram: Sendable {
    /// `general.architecture`.
    package let architecture: String
    package let program: Program
    package let layerCount: Int
    package let embeddingWidth: Int
    /// Positions that the model was trained for.
    package let contextLength: Int

    package var vocabularySize: Int { program.vocabularySize }
}

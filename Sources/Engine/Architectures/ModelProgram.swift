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

    /// Bytes of the KV cache for a block of `blockTokens` positions of every layer, or nil where they overflow.
    package func cacheBytes(perBlockOf blockTokens: Int) -> Int? {
        let elements = program.cacheElementsPerPosition.multipliedReportingOverflow(by: blockTokens)
        let bytes = elements.partialValue.multipliedReportingOverflow(by: MemoryLayout<UInt16>.size)
        return elements.overflow || bytes.overflow ? nil : bytes.partialValue
    }
}

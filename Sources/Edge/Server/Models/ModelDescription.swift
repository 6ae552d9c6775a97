import APITypes
import GGUF
import ModelLibrary

/// What lists say about a model.
struct ModelDescription: Sendable {
    var details: ModelDetails
    /// `completion`, `tools`, …
    var capabilities: [String]
    /// Of the two that a model may have, the one it talks in.
    var template: String
}

extension ModelDetails {
    init(_ configuration: ModelConfiguration, parentModel: String = "") {
        self.init()
        self.parentModel = parentModel
        format = configuration.format.isEmpty ? "gguf" : configuration.format
        family = configuration.family
        families = configuration.families.isEmpty ? nil : configuration.families
        parameterSize = configuration.parameterSize
        quantizationLevel = configuration.quantization
    }
}

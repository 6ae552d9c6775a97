/// The renderers that models may name, one file for each family.
package enum Renderers {
    static let all: [Renderer] = [
        .qwen3Coder, .qwen3VLInstruct, .qwen3VLThinking, .qwen35, .qwen38, .ornith, .cogito, .deepSeek31, .olmo3,
        .olmo31, .olmo3Think, .olmo332BThink, .nemotron3Nano, .nemotron35Nano, .gemma4Small, .gemma4Large,
        .functionGemma, .glm47, .glmOCR, .lfm2, .lfm2Thinking, .laguna, .poolsideV1, .cohere, .glimmer,
    ]

    /// - Parameter name: of a model's configuration, `resolved`. Nil for one that is not known here.
    static func named(_ name: String) -> Renderer? { all.first { $0.name == name } }

    package static var names: [String] { all.map(\.name) }

    /// Whether there is one of a name.
    package static func knows(_ name: String) -> Bool { named(name) != nil }

    /// The name of the renderer that is meant: Gemma 4's depends on the size of the model.
    /// - Parameters:
    ///   - model: the model's name, which may tell the size.
    ///   - parameterSize: as `31B`.
    package static func resolved(_ name: String, model: String, parameterSize: String) -> String {
        guard name == "gemma4" else { return name }
        let model = model.lowercased()
        if ["e2b", "e4b"].contains(where: model.mentions) { return Renderer.gemma4Small.name }
        if ["12b", "26b", "31b"].contains(where: model.mentions) { return Renderer.gemma4Large.name }
        let billions = parameterSize.hasSuffix("B") ? Double(parameterSize.dropLast()) ?? 0 : 0
        return (billions >= 12 ? Renderer.gemma4Large : .gemma4Small).name
    }
}

import Compute

/// The text part of Qwen 2 VL and 2.5 VL: Qwen 2 whose rotation goes by positions in time, height and width.
enum Qwen2VL: ModelArchitecture {
    static let models = [
        ModelListing(
            "qwen2vl", "Qwen 2 VL, Qwen 2.5 VL", library: ["qwen2.5vl"], goldens: ["qwen2vl-text"], missing: "images")
    ]

    static func program(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) -> Program {
        let shape = try AttentionShape(model)
        let rope = try RopeParameters(model, weights, headWidth: shape.keyWidth)
        let sections = try SectionOrder.consecutive.sections(model, pairs: rope.rotatedWidth / 2)
        return try Qwen2.program(model, weights, shape, rope.rotation(isInterleaved: false, sections: sections))
    }
}

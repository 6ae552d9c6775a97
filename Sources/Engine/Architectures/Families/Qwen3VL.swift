import Compute

/// The text part of Qwen 3 VL: Qwen 3 whose rotation goes by positions in time, height and width, pair by pair in turn.
enum Qwen3VL: ModelArchitecture {
    static let models = [
        ModelListing(
            "qwen3vl", "Qwen 3 VL, dense", library: ["qwen3-vl"], goldens: ["qwen3vl-text"], missing: "images"),
        ModelListing(
            "qwen3vlmoe", "Qwen 3 VL, mixture of experts", library: ["qwen3-vl"], goldens: ["qwen3vlmoe-text"],
            missing: "images"),
    ]

    static func program(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) -> Program {
        let shape = try AttentionShape(model)
        let rope = try RopeParameters(model, weights, headWidth: shape.keyWidth)
        let sections = try SectionOrder.inTurn.sections(model, pairs: rope.rotatedWidth / 2)
        return try Qwen3.program(model, weights, shape, rope.rotation(isInterleaved: false, sections: sections))
    }
}

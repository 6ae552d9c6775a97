import GGUF

extension PublishedLayout {
    /// Qwen 3 VL: a vision part in the same file, and no word of the sections by which text is rotated.
    static let qwen3VL = PublishedLayout { model in
        ["qwen3vl", "qwen3vlmoe"].contains(model.architecture) && model.hasVision
    } translate: { model in
        let sections = GGUFArray([24, 20, 20, 0] as [Int32])
        model.setDefault("\(model.architecture ?? "").rope.dimension_sections", .array(sections))
        model.removeVision()
    }
}

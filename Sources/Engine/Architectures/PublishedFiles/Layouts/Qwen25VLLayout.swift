import GGUF

extension PublishedLayout {
    /// Qwen 2.5 VL, whose text part is Qwen 2 VL's.
    static let qwen25VL = PublishedLayout { model in
        model.architecture == "qwen25vl"
    } translate: { (model: inout PublishedModel) throws(GGUFError) in
        model.setArchitecture("qwen2vl")
        if let sections = try model.metadata.value("qwen2vl.rope.mrope_section", as: [Int32].self), sections.count >= 3
        {
            model.metadata["qwen2vl.rope.dimension_sections"] = .array(GGUFArray(sections.prefix(3) + [0]))
        }
        model.removeVision()
    }
}

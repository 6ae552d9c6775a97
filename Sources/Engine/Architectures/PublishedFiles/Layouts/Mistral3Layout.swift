import GGUF

extension PublishedLayout {
    /// Mistral Small 3.1 and later, Ministral 3: a vision part in the same file, other names of what YaRN needs.
    static let mistral3 = PublishedLayout { model in
        model.architecture == "mistral3" && (model.hasVision || newKeys.contains { model.has("mistral3.\($0.old)") })
    } translate: { model in
        for (old, new) in newKeys { model.renameKey("mistral3.\(old)", to: "mistral3.\(new)") }
        model.setDefaultPreTokenizer("tekken")
        model.removeVision()
    }

    private static let newKeys = [
        (old: "rope.scaling.beta_fast", new: "rope.scaling.yarn_beta_fast"),
        (old: "rope.scaling.beta_slow", new: "rope.scaling.yarn_beta_slow"),
        (old: "rope.scaling.mscale_all_dim", new: "rope.scaling.yarn_log_multiplier"),
        (old: "rope.scaling_beta", new: "attention.temperature_scale"),
    ]
}

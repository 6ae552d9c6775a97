extension PublishedLayout {
    /// OLMo 3, which llama.cpp takes for an OLMo 2 with windows.
    static let olmo3 = PublishedLayout { model in
        model.architecture == "olmo3"
    } translate: { model in
        model.setArchitecture("olmo2")
    }
}

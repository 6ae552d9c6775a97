import Compute

/// BERT, RoBERTa and XLM-R, such as all-MiniLM and bge: learned positions; every row sees the whole text.
enum Bert: ModelArchitecture {
    static let models = [
        ModelListing(
            "bert", "all-MiniLM, bge, mxbai-embed-large, Arctic Embed",
            library: ["all-minilm", "bge-large", "mxbai-embed-large", "snowflake-arctic-embed"], goldens: ["bert"]),
        ModelListing(
            "bert", "XLM-RoBERTa: bge-m3, Arctic Embed 2, multilingual sentence transformers",
            library: ["bge-m3", "snowflake-arctic-embed2", "paraphrase-multilingual"], goldens: ["xlm-roberta"]),
    ]

    static func program(_ model: Hyperparameters, _ weights: WeightDirectory) throws(ComputeError) -> Program {
        var attention = SelfAttention(try AttentionShape(model), nil)
        attention.mask = try model.encoderMask()
        let hiddenWidth = try model.count("feed_forward_length")

        var b = ProgramBuilder()
        let embedded = try b.addPositions(b.embedText(model, weights), model, weights)
        let x = try b.encoderLayers(embedded, model, weights) { (b, x, layer, _) throws(ComputeError) in
            try b.selfAttention(x, layer, attention)
        } feedForward: { (b, x, layer, _) throws(ComputeError) in
            try b.feedForward(x, layer, hiddenWidth: hiddenWidth, .gelu)
        }
        return try b.encoderHead(x, model, weights)
    }
}

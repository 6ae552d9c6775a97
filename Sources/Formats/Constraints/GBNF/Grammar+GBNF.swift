extension Grammar {
    /// A grammar as llama.cpp writes it down (GBNF); texts are those of its rule `root`.
    package init(gbnf source: String, limits: ConstraintLimits = ConstraintLimits()) throws(ConstraintError) {
        self = try GBNFParser.parse(source, limits: limits)
    }
}

/// The tokens of a model with their kinds and scores.
package struct Vocabulary: Sendable {}

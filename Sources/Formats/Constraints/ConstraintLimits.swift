/// What a constraint may cost. Sources come from clients.
package struct ConstraintLimits: Hashable, Sendable {
    /// Bytes of a source text.
    package var sourceBytes = 1 << 18
    /// Levels of nesting of a source.
    package var nesting = 200
    /// Parts of a source, each byte of a literal counted.
    package var expressions = 200_000
    /// The highest count of a repetition.
    package var repetitions = 1 << 30
    /// States of a terminal with intersections or complements: all of them are visited at compile time.
    package var exploredStates = 4096
    /// Expressions that a state of a terminal consists of: counts within counts make them many.
    package var derivative = 1 << 14
    /// Parts of expressions that are looked at to find what may follow within terminals, for one token; for compiling,
    /// four times as many.
    package var derivations = 1 << 20
    /// Readings of a text at once.
    package var stacks = 1024
    /// Levels of nesting of a text.
    package var stackDepth = 1024
    /// Nodes of the tree of tokens that are visited for one mask.
    package var work = 1 << 22
    /// Steps to find what may follow behind the terminals that one token ends.
    package var expansions = 1 << 18
    /// Bytes of tables without masks.
    package var tableBytes = 16 << 20
    /// Bytes of masks that are kept.
    package var maskBytes = 8 << 20

    package init() {}
}

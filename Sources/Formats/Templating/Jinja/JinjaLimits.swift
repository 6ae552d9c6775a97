/// How much a template may do. Templates come with downloaded models, so they are not trusted.
///
/// Published templates nest 25 levels deep and take some ten steps for a message.
package struct JinjaLimits: Sendable {
    /// Nodes evaluated, and work in proportion inside filters and methods.
    package var steps: Int
    /// Bytes of strings and lists made in all, whether still in use or not.
    package var allocatedBytes: Int
    /// Bytes of text rendered.
    package var outputBytes: Int
    /// Macro calls, loops and expressions inside one another.
    package var recursion: Int
    /// Containers inside one another.
    package var valueDepth: Int

    package init(
        steps: Int = 50_000_000, allocatedBytes: Int = 1 << 31, outputBytes: Int = 1 << 27, recursion: Int = 250,
        valueDepth: Int = 600
    ) {
        self.steps = steps
        self.allocatedBytes = allocatedBytes
        self.outputBytes = outputBytes
        self.recursion = recursion
        self.valueDepth = valueDepth
    }
}

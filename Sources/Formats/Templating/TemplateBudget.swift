/// How much may still be done to write a prompt. Templates come with downloaded models and with requests, so they are not
/// trusted: both languages pay for work before it is done, and for memory before it is used.
///
/// One budget lasts for all renderings that make one prompt, however many there are.
package struct TemplateBudget: Sendable {
    private var steps: Allowance
    private var bytes: Allowance
    private let outputLimit: Int
    private var stepsUntilCheck = 0

    /// How often the task is asked whether it is cancelled.
    private static let stepsBetweenChecks = 2048

    /// - Parameters:
    ///   - steps: nodes evaluated and work in proportion, some 30 ns each.
    ///   - bytes: of texts and lists made in all, whether still in use or not.
    ///   - output: bytes of text that one rendering gives.
    package init(steps: Int, bytes: Int, output: Int) {
        self.steps = Allowance(limit: steps)
        self.bytes = Allowance(limit: bytes)
        outputLimit = output
    }

    /// What a template gets for an input of so many bytes: published templates take some hundred steps for a message, and
    /// copy its text a few times.
    package init(inputBytes: Int) {
        func scaled(_ base: Int, _ factor: Int) -> Int {
            let (product, overflow) = inputBytes.multipliedReportingOverflow(by: factor)
            return overflow ? .max / 2 : base + min(product, .max / 2)
        }
        self.init(steps: scaled(6_000_000, 2), bytes: scaled(48 << 20, 8), output: scaled(2 << 20, 4))
    }

    // MARK: Paying

    /// - Throws: a `TemplateError` of kind `limit`, or `cancelled` where the task is.
    package mutating func charge(steps count: Int) throws(TemplateError) {
        guard steps.take(count) else {
            throw TemplateError(.limit, "the template takes more than \(steps.limit) steps")
        }
        stepsUntilCheck -= count
        guard stepsUntilCheck < 0 else { return }
        stepsUntilCheck = Self.stepsBetweenChecks
        if Task.isCancelled { throw TemplateError(.cancelled, "the rendering was cancelled") }
    }

    /// Has to be called before the memory is used.
    package mutating func charge(bytes count: Int) throws(TemplateError) {
        guard bytes.take(count) else {
            throw TemplateError(.limit, "the template makes more than \(bytes.limit) bytes of values")
        }
        try charge(steps: count / 64)
    }

    package func check(outputBytes count: Int) throws(TemplateError) {
        guard count <= outputLimit else {
            throw TemplateError(.limit, "the template renders more than \(outputLimit) bytes")
        }
    }

    /// How many bytes can still be paid for.
    package var remainingBytes: Int { bytes.limit - bytes.taken }

    private struct Allowance: Sendable {
        let limit: Int
        private(set) var taken = 0

        init(limit: Int) { self.limit = limit }

        mutating func take(_ count: Int) -> Bool {
            let (sum, overflow) = taken.addingReportingOverflow(count)
            guard !overflow, sum <= limit else { return false }
            taken = sum
            return true
        }
    }
}

/// A place in a template, counted from 1.
struct JinjaPosition: Hashable, Sendable {
    var line: Int
    var column: Int
}

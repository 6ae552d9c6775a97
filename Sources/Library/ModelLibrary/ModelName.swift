/// A model's full name, `host/namespace/model:tag`.
package struct ModelName: Hashable, Sendable {
    package let host: String
    package let namespace: String
    package let model: String
    package let tag: String
}

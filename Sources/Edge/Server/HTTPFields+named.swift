import HTTPTypes

extension HTTPFields {
    /// The value of a field that HTTPTypes has no name for; fields of the same name are one value with commas.
    subscript(named name: String) -> String? {
        get { HTTPField.Name(name).flatMap { self[$0] } }
        set {
            if let name = HTTPField.Name(name) { self[name] = newValue }
        }
    }
}

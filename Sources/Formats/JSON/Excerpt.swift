extension String {
    /// The text as an error repeats it: whole, or where it is longer than `limit` scalars, its beginning and an ellipsis.
    package func excerpt(_ limit: Int = 200) -> String {
        let scalars = unicodeScalars
        guard let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex),
            end < scalars.endIndex
        else { return self }
        return String(scalars[..<end]) + "…"
    }
}

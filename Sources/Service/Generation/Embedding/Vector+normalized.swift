extension [Float] {
    /// The same direction with a length of 1; all zeros stay what they are.
    package var normalized: [Float] {
        let length = reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        return length > 0 ? map { Float(Double($0) / length) } : self
    }
}

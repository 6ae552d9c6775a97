/// Formats of numbers that generators of schemas write; they say which type of a program the number has to fit.
enum NumberFormats {
    /// Nil for formats that are none of numbers.
    static func range(of name: String) -> (lower: NumberSet.Bound?, upper: NumberSet.Bound?)? {
        switch name {
        case "float", "double", "decimal": (nil, nil)
        case "int8": range(Int8.min, Int8.max)
        case "int16": range(Int16.min, Int16.max)
        case "int32": range(Int32.min, Int32.max)
        case "int64", "int": range(Int64.min, Int64.max)
        case "uint8": range(UInt8.min, UInt8.max)
        case "uint16": range(UInt16.min, UInt16.max)
        case "uint32": range(UInt32.min, UInt32.max)
        // The upper half is left out: no program has to understand it.
        case "uint64", "uint": range(0, Int64.max)
        default: nil
        }
    }

    private static func range<Number: FixedWidthInteger>(
        _ low: Number, _ high: Number
    ) -> (lower: NumberSet.Bound?, upper: NumberSet.Bound?) {
        func bound(_ number: Number) -> NumberSet.Bound {
            NumberSet.Bound(number: DecimalNumber(Int(number)), isExclusive: false)
        }
        return (bound(low), bound(high))
    }
}

/// The scalars of each general category of Unicode, found out when the first regular expression asks for one.
enum GeneralCategories {
    /// - Parameter name: an abbreviation such as `Lu`, or `L` for all that begin with it.
    static func set(named name: String) -> ScalarSet? {
        let ranges = rangesByName.filter { $0.key.hasPrefix(name) }.flatMap(\.value)
        return name.isEmpty || ranges.isEmpty ? nil : ScalarSet(ranges)
    }

    private static let rangesByName: [String: [ClosedRange<UInt32>]] = {
        var result: [String: [ClosedRange<UInt32>]] = [:]
        var start: UInt32 = 0
        var category = Unicode.GeneralCategory.control
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let next = scalar.properties.generalCategory
            guard next != category else { continue }
            result[abbreviation(of: category), default: []].append(start...value - 1)
            (start, category) = (value, next)
        }
        result[abbreviation(of: category), default: []].append(start...0x10FFFF)
        return result
    }()

    private static func abbreviation(of category: Unicode.GeneralCategory) -> String {
        switch category {
        case .uppercaseLetter: "Lu"
        case .lowercaseLetter: "Ll"
        case .titlecaseLetter: "Lt"
        case .modifierLetter: "Lm"
        case .otherLetter: "Lo"
        case .nonspacingMark: "Mn"
        case .spacingMark: "Mc"
        case .enclosingMark: "Me"
        case .decimalNumber: "Nd"
        case .letterNumber: "Nl"
        case .otherNumber: "No"
        case .connectorPunctuation: "Pc"
        case .dashPunctuation: "Pd"
        case .openPunctuation: "Ps"
        case .closePunctuation: "Pe"
        case .initialPunctuation: "Pi"
        case .finalPunctuation: "Pf"
        case .otherPunctuation: "Po"
        case .mathSymbol: "Sm"
        case .currencySymbol: "Sc"
        case .modifierSymbol: "Sk"
        case .otherSymbol: "So"
        case .spaceSeparator: "Zs"
        case .lineSeparator: "Zl"
        case .paragraphSeparator: "Zp"
        case .control: "Cc"
        case .format: "Cf"
        case .surrogate: "Cs"
        case .privateUse: "Co"
        case .unassigned: "Cn"
        @unknown default: "Cn"
        }
    }
}

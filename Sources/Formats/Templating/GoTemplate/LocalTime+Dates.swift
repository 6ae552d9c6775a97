extension LocalTime {
    /// `2026-03-01`.
    var dateText: String {
        [(year, 4), (month, 2), (day, 2)].map { number, width in
            let digits = String(number)
            return String.repeated("0", max(0, width - digits.utf8.count)) + digits
        }.joined(separator: "-")
    }

    /// The same time a day earlier.
    var yesterday: LocalTime {
        var result = self
        result.day -= 1
        guard result.day == 0 else { return result }
        result.month = month == 1 ? 12 : month - 1
        if month == 1 { result.year -= 1 }
        let lengths = [31, isLeapYear ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        result.day = lengths[min(max(result.month, 1), 12) - 1]
        return result
    }
}

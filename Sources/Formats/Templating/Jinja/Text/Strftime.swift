/// C's `strftime`, for dates told to a model.
enum Strftime {
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    private static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

    /// How many bytes at most become of one of the format.
    static let longestItem = 16

    static func format(_ format: String, _ time: LocalTime) -> String {
        var output = ""
        var scalars = format.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            guard scalar == "%" else {
                output.unicodeScalars.append(scalar)
                continue
            }
            guard var letter = scalars.next() else {
                output += "%"
                break
            }
            let isUnpadded = letter == "-"
            if isUnpadded {
                guard let next = scalars.next() else { break }
                letter = next
            }
            output += item(letter, time, isUnpadded: isUnpadded)
        }
        return output
    }

    private static func item(_ letter: Unicode.Scalar, _ time: LocalTime, isUnpadded: Bool) -> String {
        func padded(_ value: Int, _ width: Int = 2, _ fill: String = "0") -> String {
            let digits = String(value)
            return isUnpadded ? digits : String.repeated(fill, max(0, width - digits.utf8.count)) + digits
        }
        let month = months[min(max(time.month, 1), 12) - 1]
        let weekday = weekdays[(time.weekday % 7 + 7) % 7]
        let hour12 = time.hour % 12 == 0 ? 12 : time.hour % 12
        switch letter {
        case "Y": return padded(time.year, 4)
        case "C": return padded(time.year / 100)
        case "y": return padded(time.year % 100)
        case "m": return padded(time.month)
        case "d": return padded(time.day)
        case "e": return padded(time.day, 2, " ")
        case "H": return padded(time.hour)
        case "k": return padded(time.hour, 2, " ")
        case "I": return padded(hour12)
        case "l": return padded(hour12, 2, " ")
        case "M": return padded(time.minute)
        case "S": return padded(time.second)
        case "f": return "000000"
        case "j": return padded(time.dayOfYear + 1, 3)
        case "w": return String(time.weekday)
        case "u": return String(time.weekday == 0 ? 7 : time.weekday)
        case "U": return padded((time.dayOfYear + 7 - time.weekday) / 7)
        case "W": return padded((time.dayOfYear + 7 - (time.weekday + 6) % 7) / 7)
        case "p": return time.hour < 12 ? "AM" : "PM"
        case "B": return month
        case "b", "h": return String(month.prefix(3))
        case "A": return weekday
        case "a": return String(weekday.prefix(3))
        case "z", "Z": return ""
        case "n": return "\n"
        case "t": return "\t"
        case "%": return "%"
        case "F": return format("%Y-%m-%d", time)
        case "T", "X": return format("%H:%M:%S", time)
        case "R": return format("%H:%M", time)
        case "D", "x": return format("%m/%d/%y", time)
        case "r": return format("%I:%M:%S %p", time)
        case "c": return format("%a %b %e %H:%M:%S %Y", time)
        default: return "%" + (isUnpadded ? "-" : "") + String(letter)
        }
    }
}

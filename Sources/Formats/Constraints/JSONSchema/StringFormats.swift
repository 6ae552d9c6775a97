import Locking

/// The formats of strings that are known, as regular expressions for the whole string. Where a format is wider than a
/// regular expression should be, it is cut down to the texts that all who read it agree on.
enum StringFormats {
    /// Those that were asked for: reading their expressions would take a good part of compiling a schema.
    private static let known = Locked<[String: RegularLanguage]>([:])

    /// Nil for a format that is not known.
    static func language(of name: String, _ limits: ConstraintLimits) throws(RegexError) -> RegularLanguage? {
        if let language = known.withLock({ $0[name] }) { return language }
        guard let pattern = pattern(of: name) else { return nil }
        let language = try RegularLanguage(regex: pattern, matching: .wholeText, limits: limits)
        known.withLock { $0[name] = language }
        return language
    }

    private static func pattern(of name: String) -> String? {
        switch name {
        case "date": date
        case "time": time
        case "date-time": date + "[Tt]" + time
        case "duration": duration
        case "email", "idn-email": atom + #"(\.\#(atom))*@"# + hostname
        case "hostname": hostname
        case "ipv4": ipv4
        case "ipv6": ipv6
        case "uuid": "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}"
        case "uri", "iri": uri
        case "uri-reference", "iri-reference": "(\(uri)|\(relativeReference))"
        case "json-pointer": "(/([^~/]|~[01])*)*"
        default: nil
        }
    }

    // MARK: Times

    /// Years from 1 on, with the days that their months have.
    private static let date: String = {
        let year = "(000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})"
        let day = "(0[1-9]|1[0-9]|2[0-8])"
        let days = "(0[1-9]|1[0-2])-\(day)|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31"
        let fours = "(0[48]|[2468][048]|[13579][26])"
        return "(\(year)-(\(days))|([0-9]{2}\(fours)|(\(fours))00)-02-29)"
    }()

    private static let time: String = {
        let minute = "[0-5][0-9]"
        let hour = "([01][0-9]|2[0-3])"
        return #"\#(hour):\#(minute):\#(minute)(\.[0-9]{1,9})?([Zz]|[+-]\#(hour):\#(minute))"#
    }()

    /// As RFC 3339 has it: no unit is left out between two others.
    private static let duration: String = {
        let number = "[0-9]{1,9}"
        let second = "\(number)S"
        let minute = "\(number)M(\(second))?"
        let hour = "\(number)H(\(minute))?"
        let time = "T(\(hour)|\(minute)|\(second))"
        let day = "\(number)D"
        let month = "\(number)M(\(day))?"
        let year = "\(number)Y(\(month))?"
        return "P((\(day)|\(month)|\(year))(\(time))?|\(time)|\(number)W)"
    }()

    // MARK: Hosts

    private static let atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"

    /// Three long labels or eight shorter ones: no more than 253 characters in any case.
    private static let hostname: String = {
        func labels(_ length: Int, _ count: Int) -> String {
            let label = "[A-Za-z0-9]([A-Za-z0-9-]{0,\(length - 2)}[A-Za-z0-9])?"
            return #"\#(label)(\.\#(label)){0,\#(count - 1)}"#
        }
        return "(\(labels(63, 3))|\(labels(30, 8)))"
    }()

    private static let ipv4: String = {
        let byte = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
        return #"\#(byte)(\.\#(byte)){3}"#
    }()

    private static let ipv6: String = {
        let group = "[0-9A-Fa-f]{1,4}"
        var forms = ["\(group)(:\(group)){7}", "\(group)(:\(group)){5}:\(ipv4)"]
        // Before the two colons stand so many groups, and after them no more than are left.
        for before in 0...7 {
            let start = before == 0 ? "" : before == 1 ? group : "\(group)(:\(group)){\(before - 1)}"
            forms.append("\(start)::" + (before == 7 ? "" : "(\(group)(:\(group)){0,\(6 - before)})?"))
            if before <= 5 { forms.append("\(start)::(\(group):){0,\(5 - before)}\(ipv4)") }
        }
        return "(\(forms.joined(separator: "|")))"
    }()

    // MARK: URIs

    private static let percent = "%[0-9A-Fa-f]{2}"
    private static let plain = #"A-Za-z0-9\-._~!$&'()*+,;="#
    private static let segment = "([\(plain):@]|\(percent))"
    private static let host = "([\(plain)]|\(percent))*"
    private static let authority = #"(([\#(plain):]|\#(percent))*@)?\#(host)(:[0-9]*)?"#
    private static let tail = #"(\?([\#(plain):@/?]|\#(percent))*)?(#([\#(plain):@/?]|\#(percent))*)?"#
    private static let absolutePath = "/(\(segment)+(/\(segment)*)*)?"

    private static let uri =
        "[A-Za-z][A-Za-z0-9+.-]*:(//\(authority)(/\(segment)*)*|\(absolutePath)|(\(segment)+(/\(segment)*)*)?)\(tail)"

    private static let relativeReference: String = {
        let first = "([\(plain)@]|\(percent))"
        return "(//\(authority)(/\(segment)*)*|\(absolutePath)|(\(first)+(/\(segment)*)*)?)\(tail)"
    }()
}

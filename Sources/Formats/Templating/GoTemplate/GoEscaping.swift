/// The escapes of `html`, `js` and `urlquery`.
enum GoEscaping {
    /// How many bytes at most become of one.
    static let growth = 6

    static func html(_ text: String) -> String {
        var output = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\0": output += "\u{FFFD}"
            case "\"": output += "&#34;"
            case "'": output += "&#39;"
            case "&": output += "&amp;"
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }

    static func javaScript(_ text: String) -> String {
        var output = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": output += "\\\\"
            case "'": output += "\\'"
            case "\"": output += "\\\""
            case "<", ">", "&", "=": output += unicodeEscape(scalar)
            case _ where scalar.isASCII ? scalar.value < 0x20 : !GoQuoting.isPrintable(scalar):
                output += unicodeEscape(scalar)
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }

    private static func unicodeEscape(_ scalar: Unicode.Scalar) -> String {
        "\\u" + GoQuoting.codePoint(UInt64(scalar.value)).dropFirst(2)
    }

    static func query(_ text: String) -> String {
        var output: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "~"):
                output.append(byte)
            case UInt8(ascii: " "): output.append(UInt8(ascii: "+"))
            default:
                output.append(UInt8(ascii: "%"))
                if byte < 16 { output.append(UInt8(ascii: "0")) }
                output += String(byte, radix: 16, uppercase: true).utf8
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}

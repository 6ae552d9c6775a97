import JSON
import ModelLibrary

/// What a registry's `WWW-Authenticate` asks for.
package struct BearerChallenge: Hashable {
    package let realm: String
    package let service: String?
    package let scopes: [String]

    package init(_ headers: [String]) throws(RegistryError) {
        guard let header = headers.first(where: { $0.lowercased().hasPrefix("bearer ") }) else {
            throw .challengeInvalid(headers.first.map { OutsideText.line($0, limit: 100) } ?? "it does not say how")
        }
        let parameters = Self.parameters(in: header.dropFirst(7))
        guard let realm = parameters["realm"] else { throw .challengeInvalid("it names no realm") }
        self.realm = realm
        service = parameters["service"]
        scopes = (parameters["scope"] ?? "").split(separator: " ").map(String.init)
    }

    /// The query of the request for a token, its keys sorted.
    package func query(nonce: String, time: Int) -> String {
        var items = [("nonce", nonce)]
        items += scopes.map { ("scope", $0) }
        if let service { items.append(("service", service)) }
        items.append(("ts", String(time)))
        return items.map { "\($0)=\(Self.escaped($1))" }.joined(separator: "&")
    }

    /// The token in the answer to that request.
    package static func token(in body: [UInt8]) -> String? {
        guard let json = try? JSONParser.parse(body) else { return nil }
        let token = json["token"]?.stringValue ?? json["access_token"]?.stringValue
        guard let token, !token.isEmpty, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        return token
    }

    /// `name="value"`, separated by commas; values may be without quotes.
    private static func parameters(in text: Substring) -> [String: String] {
        var parameters: [String: String] = [:]
        var rest = text
        while let equals = rest.firstIndex(of: "=") {
            let name = rest[..<equals].filter { $0 != "," && !$0.isWhitespace }.lowercased()
            rest = rest[rest.index(after: equals)...]
            let value: Substring
            if rest.hasPrefix("\"") {
                rest = rest.dropFirst()
                value = rest.prefix { $0 != "\"" }
                rest = rest.dropFirst(value.count + 1)
            } else {
                value = rest.prefix { $0 != "," }
                rest = rest.dropFirst(value.count)
            }
            parameters[name] = String(value)
        }
        return parameters
    }

    /// As a form escapes its values: a blank becomes a plus sign.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            let scalar = Unicode.Scalar(byte)
            if scalar == " " {
                result += "+"
            } else if scalar.isASCII,
                scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                    || "-_.~".unicodeScalars.contains(scalar)
            {
                result.unicodeScalars.append(scalar)
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return result
    }
}

/// Reads a Modelfile in one pass.
package struct ModelfileParser {
    private typealias Scalars = [Unicode.Scalar]

    private let scalars: Scalars
    private var position = 0
    private var line = 1

    /// - Parameter bytes: UTF-8, or UTF-16 with a byte order mark.
    /// - Throws: `modelfile` with the line.
    package static func parse(_ bytes: [UInt8]) throws(ModelLibraryError) -> Modelfile {
        var parser = ModelfileParser(scalars: ModelfileText.scalars(of: bytes))
        var instructions: [Modelfile.Instruction] = []
        while let instruction = try parser.nextInstruction() { instructions.append(instruction) }
        let modelfile = Modelfile(instructions: instructions)
        guard !modelfile.sources.isEmpty else { throw .modelfile("no FROM line", line: nil) }
        return modelfile
    }

    package static func parse(_ text: String) throws(ModelLibraryError) -> Modelfile {
        try parse(Array(text.utf8))
    }

    private init(scalars: Scalars) {
        self.scalars = scalars
    }

    private mutating func nextInstruction() throws(ModelLibraryError) -> Modelfile.Instruction? {
        while let scalar = peek() {
            if scalar.isBlank || scalar.isNewline {
                advance()
            } else if scalar == "#" {
                while let scalar = peek(), !scalar.isNewline { advance() }
            } else {
                return try instruction()
            }
        }
        return nil
    }

    private mutating func instruction() throws(ModelLibraryError) -> Modelfile.Instruction {
        let start = line
        let name = try word().lowercased()
        guard Self.names.contains(name) else {
            let hint = NearestName.hint(for: name, among: Self.names)
            throw .modelfile("command must be one of \(Self.list(Self.names))\(hint)", line: start)
        }
        switch name {
        case "from": return .from(try value())
        case "template": return .template(try value())
        case "system": return .system(try value())
        case "adapter": return .adapter(try value())
        case "draft": return .draft(try value())
        case "license": return .license(try value())
        case "renderer": return .renderer(try value())
        case "parser": return .parser(try value())
        case "requires": return .requires(try requiredVersion(line: start))
        case "message":
            let role = try word()
            guard Self.roles.contains(role) else {
                throw .modelfile("message role must be one of \(Self.list(Self.roles))", line: start)
            }
            return .message(StoredMessage(role: role, content: try value()))
        default: return .parameter(name: try word(), value: try value())
        }
    }

    private static let names = [
        "from", "license", "template", "system", "adapter", "draft", "renderer", "parser", "parameter", "message",
        "requires",
    ]
    private static let roles = ["system", "user", "assistant"]

    /// `"a", "b", or "c"`.
    private static func list(_ names: [String]) -> String {
        let quoted = names.map { "\"\($0)\"" }
        return quoted.dropLast().joined(separator: ", ") + ", or " + (quoted.last ?? "")
    }

    /// The word at the position, and the blank after it; a line that ends with a word is not complete.
    private mutating func word() throws(ModelLibraryError) -> String {
        while let scalar = peek(), scalar.isBlank { advance() }
        var word = String.UnicodeScalarView()
        while let scalar = peek(), !scalar.isBlank {
            guard !scalar.isNewline else { throw .modelfile("unexpected EOF", line: line) }
            word.append(scalar)
            advance()
        }
        guard peek() != nil else { throw .modelfile("unexpected EOF", line: line) }
        advance()
        return String(word)
    }

    /// The value at the position: to the end of the line, or to the end of the line that closes its quotes.
    private mutating func value() throws(ModelLibraryError) -> String {
        let start = line
        var value: Scalars = []
        var trimmedCount = 0
        while true {
            let scalar = peek()
            if scalar == nil || scalar?.isNewline == true, let text = Self.unquoted(value[..<trimmedCount]) {
                return text
            }
            guard let scalar else { throw .modelfile("unexpected EOF", line: start) }
            advance()
            if value.isEmpty, scalar.isBlank || scalar.isNewline { continue }
            value.append(scalar)
            if !scalar.isBlank, !scalar.isNewline { trimmedCount = value.count }
        }
    }

    /// What a value means without its quotes; nil where they are still open.
    private static func unquoted(_ value: ArraySlice<Unicode.Scalar>) -> String? {
        for quotes in [3, 1] where value.count >= quotes && value.prefix(quotes).allSatisfy({ $0 == "\"" }) {
            guard value.count >= 2 * quotes, value.suffix(quotes).allSatisfy({ $0 == "\"" }) else { return nil }
            return text(value.dropFirst(quotes).dropLast(quotes))
        }
        return text(value)
    }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }

    private mutating func requiredVersion(line: Int) throws(ModelLibraryError) -> String {
        let text = try value()
        guard SemanticVersion.isValid(text) else {
            throw .modelfile("requires must be a valid semver (e.g. 0.14.0)", line: line)
        }
        return text
    }

    private func peek() -> Unicode.Scalar? {
        position < scalars.count ? scalars[position] : nil
    }

    private mutating func advance() {
        if scalars[position] == "\n" { line += 1 }
        position += 1
    }
}

extension Unicode.Scalar {
    fileprivate var isBlank: Bool { self == " " || self == "\t" }
    fileprivate var isNewline: Bool { self == "\n" || self == "\r" }
}

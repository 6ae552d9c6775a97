import ArgumentParser
import Constraints
import JSON
import OrderedCollections
import Terminal

struct GrammarProbe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grammar", abstract: "Say whether answers can be held to a grammar, and whether a text is one.",
        discussion: """
            SOURCE is a JSON schema, "json", or a grammar in GBNF, as it stands or in a file; with --regex a regular \
            expression. The exit code is 1 where the text is refused.
            """)

    @Argument(help: "The schema or grammar, or a file that holds it.") var source: String
    @Flag(help: "The source is a regular expression, which the whole text has to match.") var regex = false
    @Option(help: "A text to check.") var check: String?
    @Option(help: "A file whose contents are the text to check.", completion: .file()) var checkFile: String?
    @OptionGroup var output: ProbeOutput

    func run() async throws {
        try await offPool {
            let constraint = try constraint()
            guard let text = try check.map({ Array($0.utf8) }) ?? checkFile.map({ try InputFile.contents(of: $0) })
            else {
                return output.print(["compiled": true]) { "the source can be used" }
            }
            let probe = try constraint.probe(text)
            let reason = Refusal.text(of: probe, text)
            output.print(
                [
                    "accepted": .bool(reason == nil), "offset": .integer(probe.stop ?? text.count),
                    "reason": reason.map { .string($0) } ?? .null,
                ]
            ) { reason ?? "accepted" }
            if reason != nil { throw ExitCode(1) }
        }
    }

    private func constraint() throws -> Constraint {
        let limits = ConstraintLimits()
        if regex { return try Constraint(RegularLanguage(regex: source, matching: .wholeText, limits: limits)) }
        if source == "json" { return try Constraint(Grammar.anyJSONObject) }
        let text = Self.isSource(source) ? Array(source.utf8) : try InputFile.contents(of: source)
        let first = text.first { !" \t\r\n".utf8.contains($0) }
        if first == UInt8(ascii: "{") || ["true", "false"].contains(String(decoding: text, as: UTF8.self)) {
            return try Constraint(Grammar(jsonSchemaText: text, limits: limits))
        }
        return try Constraint(Grammar(gbnf: String(decoding: text, as: UTF8.self), limits: limits))
    }

    /// What no path of a file looks like.
    private static func isSource(_ text: String) -> Bool {
        text.hasPrefix("{") || text.contains("::=") || ["true", "false"].contains(text)
    }
}

/// Why a text is not allowed.
private enum Refusal {
    /// Bytes that are listed at most.
    private static let listed = 24

    /// Nil where it is allowed.
    static func text(of probe: Constraint.Probe, _ text: [UInt8]) -> String? {
        guard probe.stop != nil || !probe.isComplete else { return nil }
        let offset = probe.stop ?? text.count
        let before = text[..<offset].reduce((line: 1, column: 1)) { place, byte in
            byte == 0x0A ? (place.line + 1, 1) : (place.line, place.column + (byte & 0xC0 == 0x80 ? 0 : 1))
        }
        var place = "byte \(offset) (line \(before.line), column \(before.column))"
        let found = probe.stop.map { name(of: text[$0]) } ?? "the text ends"
        place += probe.stop == nil ? ": \(found)" : ": \(found) is not allowed"
        let following = following(probe)
        return following.isEmpty ? place : "\(place); allowed \(following)"
    }

    private static func following(_ probe: Constraint.Probe) -> String {
        let bytes = (UInt8.min...UInt8.max).filter(probe.following.contains)
        var names = bytes.prefix(listed).map(name)
        if bytes.count > listed { names.append("\(bytes.count - listed) more bytes") }
        if probe.isComplete { names.append("the end") }
        guard let last = names.popLast() else { return "" }
        return names.isEmpty ? "is \(last)" : "are \(names.joined(separator: ", ")) and \(last)"
    }

    private static func name(of byte: UInt8) -> String {
        (0x21..<0x7F).contains(byte)
            ? "\"\(Character(UnicodeScalar(byte)))\"" : byte == 0x20 ? "a space" : "byte 0x\(String(byte, radix: 16))"
    }
}

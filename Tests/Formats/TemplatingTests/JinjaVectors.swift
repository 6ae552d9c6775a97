import JSON
import Templating
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A template, what it is given and what it has to give.
struct JinjaCase: Sendable, CustomTestStringConvertible {
    let name: String
    let template: String
    let variables: JSONObject
    let expected: String?
    let errorMessage: String?
    let isRaisedByTemplate: Bool
    let now: LocalTime

    var testDescription: String { name }

    private init(name: String, template: String, variables: JSONObject, golden: JSONValue, now: LocalTime) {
        self.name = name
        self.template = template
        self.variables = variables
        self.now = now
        expected = golden["expected"]?.stringValue
        errorMessage = golden["error"]?["message"]?.stringValue
        isRaisedByTemplate = golden["error"]?["raised_by_template"]?.boolValue ?? false
    }

    /// What is wrong with our rendering; nil if nothing is.
    var mismatch: String? {
        do throws(TemplateError) {
            let template = try JinjaTemplate(template)
            let text = try template.render(variables, now: now).text
            guard text == expected else {
                return "\(name): \(text.debugDescription), not \(expected?.debugDescription ?? "an error")"
            }
            // Marks say where a text comes from and change nothing in it.
            let marked = try template.render([:], contents: variables, now: now)
            return marked.text == text ? nil : "\(name) with contents: \(marked.text.debugDescription)"
        } catch {
            let isExpected = error.message == errorMessage && error.raisedByTemplate == isRaisedByTemplate
            return isExpected ? nil : "\(name): \(error), not \(errorMessage ?? "a rendering")"
        }
    }

    // MARK: Files

    /// Templates and their variables in one file.
    static func snippets(in file: URL) throws -> [JinjaCase] {
        let file = try json(file)
        let variables = try #require(file["variables"]?.objectValue)
        let now = try time(file)
        return try #require(file["cases"]?.arrayValue).map { golden in
            let template = try #require(golden["template"]?.stringValue)
            return JinjaCase(name: template, template: template, variables: variables, golden: golden, now: now)
        }
    }

    static func templates(in directory: URL) throws -> [JinjaCase] {
        let conversations = try json(directory.appending(path: "conversations.json"))
        let now = try time(conversations)
        let files = try FileManager.default.contentsOfDirectory(atPath: directory.path())
        var cases: [JinjaCase] = []
        for file in files.sorted() where file.hasSuffix(".jinja") {
            let name = String(file.dropLast(6))
            let template = String(decoding: try Data(contentsOf: directory.appending(path: file)), as: UTF8.self)
            let golden = try json(directory.appending(path: "\(name).json"))
            for golden in try #require(golden["cases"]?.arrayValue) {
                let conversation = try #require(golden["conversation"]?.stringValue)
                let variables = try #require(conversations["conversations"]?[conversation]?.objectValue)
                cases.append(
                    JinjaCase(
                        name: "\(name), \(conversation)", template: template, variables: variables, golden: golden,
                        now: now))
            }
        }
        return cases
    }

    private static func json(_ file: URL) throws -> JSONValue {
        try JSONParser.parse(Array(try Data(contentsOf: file)))
    }

    /// The time that `strftime_now` tells: `2025-03-14T09:26:53`.
    private static func time(_ file: JSONValue) throws -> LocalTime {
        let text = try #require(file["strftime_now"]?.stringValue)
        let parts = text.split { "-T:".contains($0) }.compactMap { Int($0) }
        try #require(parts.count == 6)
        return LocalTime(
            year: parts[0], month: parts[1], day: parts[2], hour: parts[3], minute: parts[4], second: parts[5])
    }
}

package import JSON
import Options
import OrderedCollections

/// The instructions from which a model is made.
package struct Modelfile: Hashable, Sendable {
    package enum Instruction: Hashable, Sendable {
        case from(String)
        case parameter(name: String, value: String)
        case template(String)
        case system(String)
        case adapter(String)
        case draft(String)
        case license(String)
        case message(StoredMessage)
        case renderer(String)
        case parser(String)
        case requires(String)
    }
    package var instructions: [Instruction]

    package init(instructions: [Instruction]) {
        self.instructions = instructions
    }

    /// The values of `FROM`: paths, or the name of a model.
    package var sources: [String] { values { if case .from(let value) = $0 { value } else { nil } } }
    package var adapters: [String] { values { if case .adapter(let value) = $0 { value } else { nil } } }
    package var drafts: [String] { values { if case .draft(let value) = $0 { value } else { nil } } }
    package var licenses: [String] { values { if case .license(let value) = $0 { value } else { nil } } }
    package var messages: [StoredMessage] { values { if case .message(let value) = $0 { value } else { nil } } }
    package var template: String? { values { if case .template(let value) = $0 { value } else { nil } }.last }
    package var system: String? { values { if case .system(let value) = $0 { value } else { nil } }.last }
    package var renderer: String? { values { if case .renderer(let value) = $0 { value } else { nil } }.last }
    package var parser: String? { values { if case .parser(let value) = $0 { value } else { nil } }.last }
    package var requires: String? { values { if case .requires(let value) = $0 { value } else { nil } }.last }

    /// The parameters with their types, and warnings about those that have no meaning any more.
    /// - Throws: `invalidParameter`.
    package func parameters() throws(ModelLibraryError) -> (values: JSONObject, warnings: [String]) {
        var result: JSONObject = [:]
        var lists: [String: [JSONValue]] = [:]
        var warnings: [String] = []
        for case .parameter(let name, let text) in instructions {
            if OptionCatalog.deprecated.contains(name) {
                warnings.append("warning: parameter \(name) is deprecated")
                continue
            }
            let value = try ModelParameter.value(of: text, for: name)
            result[name] = value
            if case .array(let elements) = value { lists[name, default: []] += elements }
        }
        for (name, elements) in lists { result[name] = .array(elements) }
        return (result, warnings)
    }

    private func values<Value>(_ select: (Instruction) -> Value?) -> [Value] { instructions.compactMap(select) }
}

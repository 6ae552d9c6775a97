/// `toTypeScriptType`: how a property of a tool's parameters is written in TypeScript.
enum TypeScriptType {
    static func text(of property: GoValue) -> String {
        guard case .structure(let structure) = property.underlying else { return "any" }
        if case .slice(let alternatives)? = structure.value(of: "AnyOf")?.underlying, !alternatives.isEmpty {
            return alternatives.map(text).joined(separator: " | ")
        }
        guard case .slice(let types)? = structure.value(of: "Type")?.underlying, !types.isEmpty else { return "any" }
        return types.map(name).joined(separator: " | ")
    }

    private static func name(_ type: GoValue) -> String {
        guard case .string(let type) = type else { return "any" }
        switch type.text {
        case "string", "boolean", "null": return type.text
        case "number", "integer": return "number"
        case "array": return "any[]"
        case "object": return "Record<string, any>"
        default: return "any"
        }
    }
}

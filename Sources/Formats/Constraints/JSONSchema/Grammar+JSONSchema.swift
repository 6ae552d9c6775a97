package import JSON

extension Grammar {
    /// The JSON texts, white space as `JSONText` has it, whose values match a schema. Members stand in the order in which
    /// the schema declares them; others than the declared ones only where the schema says what they are.
    package init(
        jsonSchema schema: JSONValue, limits: ConstraintLimits = ConstraintLimits()
    ) throws(SchemaError) {
        self = try SchemaCompiler.compile(schema, limits: limits)
    }

    /// Parses the schema, too.
    package init(
        jsonSchemaText text: [UInt8], limits: ConstraintLimits = ConstraintLimits()
    ) throws(SchemaError) {
        guard text.count <= limits.sourceBytes else { throw .tooLarge("bytes", limit: limits.sourceBytes) }
        let schema: JSONValue
        do throws(JSONError) {
            schema = try JSONParser.parse(text)
        } catch {
            throw .notJSON(error)
        }
        try self.init(jsonSchema: schema, limits: limits)
    }

    /// Any JSON object.
    package static let anyJSONObject = (try? SchemaCompiler.anyValue(objectsOnly: true)) ?? Grammar(root: .choice([]))
    /// Any JSON value.
    package static let anyJSON = (try? SchemaCompiler.anyValue(objectsOnly: false)) ?? Grammar(root: .choice([]))
}

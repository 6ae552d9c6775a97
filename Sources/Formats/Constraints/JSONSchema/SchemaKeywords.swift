/// The keywords of schemas by what is done with them. All others are refused: who writes one expects it to hold.
enum SchemaKeywords {
    /// They say nothing about values.
    static let annotations: Set<String> = [
        "$comment", "$schema", "$defs", "$anchor", "default", "definitions", "deprecated", "description",
        "discriminator", "example", "examples", "nullable", "readOnly", "title", "writeOnly",
    ]

    static let constraints: Set<String> = [
        "$ref", "additionalItems", "additionalProperties", "allOf", "anyOf", "const", "dependencies",
        "dependentRequired", "dependentSchemas", "else", "enum", "exclusiveMaximum", "exclusiveMinimum",
        "format", "if", "items", "maxItems", "maxLength", "maxProperties", "maximum", "minItems", "minLength",
        "minProperties", "minimum", "multipleOf", "not", "oneOf", "pattern", "patternProperties",
        "prefixItems", "properties", "propertyNames", "required", "then", "type", "uniqueItems",
    ]
}

import JSON

/// Writes the grammar of the JSON texts whose values match a schema.
///
/// Each schema becomes a set of values, in which the keywords of one schema, of those that it refers to and of those that
/// `allOf` joins are one. A rule of the grammar belongs to a conjunction of schemas, and is made once; rules wait in a
/// list, so that schemas may use themselves.
struct SchemaCompiler {
    /// Levels in which schemas apply to the same value. Walks over them recurse.
    static let nesting = 64

    let document: SchemaDocument
    let limits: ConstraintLimits
    var grammar = Grammar()
    var work: SchemaWork
    /// The sets of schemas, by path; nil while a schema is being looked at.
    var knownSets: [String: ValueSet?] = [:]
    var depth = 0
    private var knownExpressions: [Conjunction: Grammar.Expression] = [:]
    private var waiting: [(rule: Grammar.Rule, set: ValueSet, level: Int)] = []
    /// Levels of arrays and objects that no schema says anything of. A model would open them for ever.
    private static let anyLevels = 64
    /// By their level.
    private var anyValueRules: [Grammar.Rule] = []
    /// Of values that are not described in the rule that is being defined.
    private var anyLevel = 0
    var texts: TextTests

    static func compile(_ schema: JSONValue, limits: ConstraintLimits) throws(SchemaError) -> Grammar {
        var compiler = try SchemaCompiler(schema, limits: limits)
        let root = Conjunction([SchemaNode(schema, path: "#")])
        guard !(try compiler.values(of: root)).isEmpty else { throw .unsatisfiable(path: "#") }
        compiler.grammar.root = try compiler.expression(for: root)
        try compiler.defineWaitingRules()
        return compiler.grammar
    }

    /// Any value, or any object.
    static func anyValue(objectsOnly: Bool) throws(SchemaError) -> Grammar {
        var compiler = try SchemaCompiler(.bool(true), limits: ConstraintLimits())
        let set = objectsOnly ? ValueSet(objects: [.any]) : .any
        compiler.grammar.root = try compiler.expression(for: set)
        try compiler.defineWaitingRules()
        return compiler.grammar
    }

    private init(_ schema: JSONValue, limits: ConstraintLimits) throws(SchemaError) {
        document = SchemaDocument(root: schema)
        self.limits = limits
        work = SchemaWork(limit: limits.expressions)
        texts = TextTests(limits: limits)
    }

    // MARK: Rules

    /// What a value that matches a conjunction looks like.
    mutating func expression(for conjunction: Conjunction) throws(SchemaError) -> Grammar.Expression {
        if conjunction.isAny { return try anyValue() }
        if let known = knownExpressions[conjunction] { return known }
        let target = try withoutBareReferences(conjunction)
        if target != conjunction {
            let result = try expression(for: target)
            knownExpressions[conjunction] = result
            return result
        }
        let set = try values(of: conjunction)
        let result: Grammar.Expression
        if set.arrays.isEmpty, set.objects.isEmpty {
            result = .regular(set.scalarLanguage)
        } else {
            let rule = grammar.declareRule(conjunction.all.first?.path)
            waiting.append((rule, set, 0))
            result = .rule(rule)
        }
        knownExpressions[conjunction] = result
        return result
    }

    private mutating func anyValue() throws(SchemaError) -> Grammar.Expression {
        if anyLevel < anyValueRules.count { return .rule(anyValueRules[anyLevel]) }
        let rule = grammar.declareRule("any value")
        anyValueRules.append(rule)
        var set = ValueSet.any
        if anyLevel == Self.anyLevels { (set.arrays, set.objects) = ([], []) }
        waiting.append((rule, set, anyLevel + 1))
        return .rule(rule)
    }

    private mutating func defineWaitingRules() throws(SchemaError) {
        while let (rule, set, level) = waiting.popLast() {
            anyLevel = level
            grammar.define(rule, as: try expression(for: set))
        }
    }

    private mutating func expression(for set: ValueSet) throws(SchemaError) -> Grammar.Expression {
        // Arrays and objects of all alternatives are read side by side.
        guard set.arrays.count + set.objects.count <= SchemaWork.mostAlternatives else {
            throw .tooLarge("alternatives for one value", limit: SchemaWork.mostAlternatives)
        }
        var choices: [Grammar.Expression] = []
        if set.hasScalars { choices.append(.regular(set.scalarLanguage)) }
        for array in set.arrays { choices += try expressions(for: array) }
        for object in set.objects { choices += try expressions(for: object) }
        return choices.count == 1 ? choices[0] : .choice(choices)
    }
}

extension ValueSet {
    var hasScalars: Bool { allowsNull || !booleans.isEmpty || !numbers.isEmpty || !strings.isEmpty }

    /// The JSON texts of all values that are neither arrays nor objects.
    var scalarLanguage: RegularLanguage {
        var choices: [RegularLanguage] = []
        if allowsNull { choices.append(.literal("null")) }
        for boolean in [true, false] where booleans.contains(boolean) { choices.append(.literal("\(boolean)")) }
        choices += numbers.map(\.language)
        choices += strings.map { $0.isAny ? JSONText.anyString : JSONText.quoted($0.language()) }
        return choices.count == 1 ? choices[0] : .choice(choices)
    }
}

/// A piece of a parsed Go template. Positions are byte offsets in the source.
indirect enum GoNode: Sendable {
    case text(String)
    case action(GoPipeline)
    case branch(GoBranch)
    case template(name: String, GoPipeline?, position: Int)
    case `break`
    case `continue`
}

/// `if`, `with` or `range`.
struct GoBranch: Sendable {
    enum Kind: String, Sendable {
        case `if`, range, with
    }

    var kind: Kind
    var pipeline: GoPipeline
    var body: [GoNode]
    var otherwise: [GoNode]?
    var position: Int
}

/// Commands, each given the value of the one before as its last argument.
struct GoPipeline: Sendable {
    var position: Int
    /// Variables, with their `$`, that take the value.
    var declarations: [String] = []
    /// `=` rather than `:=`.
    var isAssignment = false
    var commands: [GoCommand] = []
}

/// An operand, or a function and its arguments.
struct GoCommand: Sendable {
    var position: Int
    var operands: [GoOperand] = []
}

struct GoOperand: Sendable {
    indirect enum Kind: Sendable {
        case dot
        case `nil`
        case bool(Bool)
        case number(GoNumberText.Number, text: String)
        case string(String, text: String)
        /// `.A.B` without dots.
        case field([String])
        /// `$x.A.B`: the variable with its `$`, then fields.
        case variable(String, [String])
        /// Fields of a parenthesised pipeline.
        case chain(GoPipeline, [String])
        case pipeline(GoPipeline)
        case function(String)
    }

    var kind: Kind
    var position: Int
}

/// The parsed text of a template and of those that it defines.
struct GoTemplateTree: Sendable {
    var root: [GoNode]
    var definitions: [String: [GoNode]]
}

// Nodes as error messages quote them.

extension GoOperand: CustomStringConvertible {
    var description: String {
        switch kind {
        case .dot: "."
        case .nil: "nil"
        case .bool(let flag): String(flag)
        case .number(_, let text), .string(_, let text): text
        case .field(let names): names.map { ".\($0)" }.joined()
        case .variable(let name, let fields): ([name] + fields).joined(separator: ".")
        case .chain(let pipeline, let fields): "(\(pipeline))" + fields.map { ".\($0)" }.joined()
        case .pipeline(let pipeline): pipeline.description
        case .function(let name): name
        }
    }
}

extension GoCommand: CustomStringConvertible {
    var description: String {
        operands.map { operand in
            if case .pipeline(let pipeline) = operand.kind { "(\(pipeline))" } else { operand.description }
        }.joined(separator: " ")
    }
}

extension GoPipeline: CustomStringConvertible {
    var description: String {
        let value = commands.map(\.description).joined(separator: " | ")
        guard !declarations.isEmpty else { return value }
        return "\(declarations.joined(separator: ", ")) \(isAssignment ? "=" : ":=") \(value)"
    }
}

/// The part of a template that is being evaluated: errors name it.
enum GoPlace: CustomStringConvertible {
    case operand(GoOperand)
    case command(GoCommand)
    case pipeline(GoPipeline)
    case template(name: String, GoPipeline?, position: Int)

    var position: Int {
        switch self {
        case .operand(let operand): operand.position
        case .command(let command): command.position
        case .pipeline(let pipeline): pipeline.position
        case .template(_, _, let position): position
        }
    }

    var description: String {
        switch self {
        case .operand(let operand): operand.description
        case .command(let command): command.description
        case .pipeline(let pipeline): pipeline.description
        case .template(let name, let pipeline, _):
            "{{template \(GoQuoting.quote(name))\(pipeline.map { " \($0)" } ?? "")}}"
        }
    }
}

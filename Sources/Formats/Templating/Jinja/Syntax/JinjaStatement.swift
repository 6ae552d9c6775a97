import OrderedCollections

/// What a template does.
indirect enum JinjaStatement: Sendable {
    case text(String)
    case output(JinjaExpression, JinjaPosition)
    case conditional([JinjaBranch], otherwise: [JinjaStatement])
    case loop(JinjaForLoop)
    case assignment(JinjaTarget, JinjaExpression, JinjaPosition)
    /// `{% set x | filters %}…{% endset %}`
    case blockAssignment(JinjaTarget, filters: [JinjaPostfix], body: [JinjaStatement], JinjaPosition)
    case macro(JinjaMacro)
    /// `{% call(parameters) macro() %}…{% endcall %}`: the call gets the body as its `caller`.
    case callBlock(call: JinjaExpression, caller: JinjaMacro, JinjaPosition)
    case filterBlock([JinjaPostfix], body: [JinjaStatement])
    case with([JinjaBinding], body: [JinjaStatement])
    /// A block whose assignments do not leave it: `generation`, `block`, `autoescape false`.
    case scope([JinjaStatement])
    case breakLoop
    case continueLoop
    /// A tag that needs other templates, which a chat template never has.
    case unsupported(tag: String, JinjaPosition)
}

struct JinjaBranch: Sendable {
    let condition: JinjaExpression
    let body: [JinjaStatement]
}

struct JinjaForLoop: Sendable {
    let target: JinjaTarget
    let iterable: JinjaExpression
    let filter: JinjaExpression?
    let isRecursive: Bool
    let body: [JinjaStatement]
    let otherwise: [JinjaStatement]
    let position: JinjaPosition
}

struct JinjaBinding: Sendable {
    let target: JinjaTarget
    let value: JinjaExpression
}

struct JinjaMacro: Sendable {
    struct Parameter: Sendable {
        let name: String
        let defaultValue: JinjaExpression?
    }

    /// Names that the body uses and the call has to bring, if it brings more than the parameters.
    struct Extras: Sendable {
        var caller = false
        var positional = false
        var keywords = false
    }

    /// Nil for the body of a call block.
    let name: String?
    let parameters: [Parameter]
    let extras: Extras
    let body: [JinjaStatement]
}

/// Where an assigned value goes.
indirect enum JinjaTarget: Sendable {
    case name(String)
    case attribute(namespace: String, String)
    case tuple([JinjaTarget])
}

/// Choices of names of members. What names begin with in common is written once, so that a text has one reading as soon
/// as it cannot be another name. A choice with one more name shares all but the way to that name with the choice before
/// it: the choices of all places in an object take little more than the largest.
struct KeyTrie {
    /// A choice of names.
    struct Root: Hashable {
        fileprivate let node: Int
    }

    private struct Node {
        /// What stands before its branches and what follows it.
        var label: ArraySlice<UInt8>
        /// Nodes with labels that begin with different bytes.
        var branches: [Int] = []
        /// What follows where a name ends here.
        var rest: Grammar.Expression?
        var rule: Grammar.Rule?
    }

    private var nodes: [Node] = []

    /// - Parameters:
    ///   - root: nil where the name is the first.
    ///   - rest: what follows the name.
    ///   - work: grows by what the choice takes.
    mutating func adding(
        _ name: [UInt8], then rest: Grammar.Expression, to root: Root?, work: inout SchemaWork
    ) throws(SchemaError) -> Root {
        guard let root else { return Root(node: add(Node(label: name[...], rest: rest))) }
        // The way down, and the branch that it takes in each node.
        var path: [(node: Int, branch: Int)] = []
        var left = name[...]
        var place = root.node
        var new: Int
        while true {
            let node = nodes[place]
            try work.spend(1 + node.branches.count)
            let common = zip(node.label, left).prefix { $0 == $1 }.count
            left = left.dropFirst(common)
            guard common == node.label.count else {
                new = split(place, after: common, left, rest)
                break
            }
            if left.isEmpty {
                new = add(Node(label: node.label, branches: node.branches, rest: rest))
                break
            }
            guard let branch = node.branches.firstIndex(where: { nodes[$0].label.first == left.first }) else {
                let leaf = add(Node(label: left, rest: rest))
                new = add(Node(label: node.label, branches: node.branches + [leaf], rest: node.rest))
                break
            }
            path.append((place, branch))
            place = node.branches[branch]
        }
        for (node, branch) in path.reversed() {
            var copy = Node(label: nodes[node].label, branches: nodes[node].branches, rest: nodes[node].rest)
            copy.branches[branch] = new
            new = add(copy)
        }
        return Root(node: new)
    }

    /// A node in place of one with a label that a name, of which `left` is left, shares only in part.
    private mutating func split(
        _ index: Int, after common: Int, _ left: ArraySlice<UInt8>, _ rest: Grammar.Expression
    ) -> Int {
        let node = nodes[index]
        let lower = add(Node(label: node.label.dropFirst(common), branches: node.branches, rest: node.rest))
        var upper = Node(label: node.label.prefix(common), branches: [lower])
        if left.isEmpty {
            upper.rest = rest
        } else {
            upper.branches.append(add(Node(label: left, rest: rest)))
        }
        return add(upper)
    }

    private mutating func add(_ node: Node) -> Int {
        nodes.append(node)
        return nodes.count - 1
    }

    /// The names of a choice, each with what follows it. Rules that it needs are added to `grammar`.
    mutating func expression(of root: Root, in grammar: inout Grammar) -> Grammar.Expression {
        var waiting: [(node: Int, rule: Grammar.Rule)] = []
        let result = rule(of: root.node, in: &grammar, &waiting)
        while let (index, rule) = waiting.popLast() {
            let node = nodes[index]
            var choices = node.rest.map { [$0] } ?? []
            for branch in node.branches { choices.append(.rule(self.rule(of: branch, in: &grammar, &waiting))) }
            let following = choices.count == 1 ? choices[0] : Grammar.Expression.choice(choices)
            grammar.define(
                rule,
                as: node.label.isEmpty ? following : .sequence([.regular(.literal(Array(node.label))), following]))
        }
        return .rule(result)
    }

    private mutating func rule(
        of index: Int, in grammar: inout Grammar, _ waiting: inout [(node: Int, rule: Grammar.Rule)]
    ) -> Grammar.Rule {
        if let known = nodes[index].rule { return known }
        let rule = grammar.declareRule()
        nodes[index].rule = rule
        waiting.append((index, rule))
        return rule
    }
}

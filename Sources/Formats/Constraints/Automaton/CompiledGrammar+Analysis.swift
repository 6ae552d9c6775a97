extension CompiledGrammar {
    /// Finds out which nodes can be empty and which have texts at all, and refuses rules that begin with themselves.
    mutating func analyse(_ automaton: RegularAutomaton, names: [String]) throws(ConstraintError) {
        findProperties(automaton)
        try checkLeftRecursion(names: names)
        guard isProductive[Int(root)] else { throw .matchesNothing }
    }

    func member(_ index: Int) -> Int32 { members[index] }

    private mutating func findProperties(_ automaton: RegularAutomaton) {
        isNullable = Array(repeating: false, count: nodes.count)
        isProductive = isNullable
        var hasChanged = true
        while hasChanged {
            hasChanged = false
            for index in nodes.indices where !(isNullable[index] && isProductive[index]) {
                let (nullable, productive) = properties(of: nodes[index], automaton)
                guard nullable != isNullable[index] || productive != isProductive[index] else { continue }
                isNullable[index] = nullable
                isProductive[index] = productive
                hasChanged = true
            }
        }
    }

    private func properties(of node: Node, _ automaton: RegularAutomaton) -> (nullable: Bool, productive: Bool) {
        switch node {
        case .terminal(let state): (automaton.isAccepting(state), state != RegularAutomaton.dead)
        case .sequence(let range):
            (
                members[range].allSatisfy { isNullable[Int($0)] }, members[range].allSatisfy { isProductive[Int($0)] }
            )
        case .choice(let range):
            (members[range].contains { isNullable[Int($0)] }, members[range].contains { isProductive[Int($0)] })
        case .repetition(let part, let atLeast, _):
            (atLeast == 0 || isNullable[Int(part)], atLeast == 0 || isProductive[Int(part)])
        case .rule(let rule):
            rules[rule].map { (isNullable[Int($0)], isProductive[Int($0)]) } ?? (false, false)
        }
    }

    // MARK: Left recursion

    private func checkLeftRecursion(names: [String]) throws(ConstraintError) {
        enum Visit { case none, open, done }
        var visits = Array(repeating: Visit.none, count: nodes.count)
        for start in nodes.indices where visits[start] == .none {
            visits[start] = .open
            var path = [(node: start, next: beginnings(of: nodes[start]))]
            while let (node, next) = path.last {
                guard let beginning = next.last else {
                    visits[node] = .done
                    path.removeLast()
                    continue
                }
                path[path.count - 1].next.removeLast()
                switch visits[beginning] {
                case .none:
                    visits[beginning] = .open
                    path.append((beginning, beginnings(of: nodes[beginning])))
                case .open: throw .leftRecursion(rule: nameOfRule(in: path.map(\.node), from: beginning, names))
                case .done: break
                }
            }
        }
    }

    /// The parts with which texts of a node may begin.
    private func beginnings(of node: Node) -> [Int] {
        switch node {
        case .terminal: return []
        case .sequence(let range):
            let nullable = members[range].prefix { isNullable[Int($0)] }.count
            return members[range].prefix(nullable + 1).map { Int($0) }
        case .choice(let range): return members[range].map { Int($0) }
        case .repetition(let part, _, _): return [Int(part)]
        case .rule(let rule): return rules[rule].map { [Int($0)] } ?? []
        }
    }

    private func nameOfRule(in path: [Int], from first: Int, _ names: [String]) -> String {
        for node in path.drop(while: { $0 != first }) {
            if case .rule(let rule) = nodes[node] { return names[rule] }
        }
        return ""
    }
}

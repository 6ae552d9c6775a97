/// What is left to match below a terminal, as frames that are linked to those below them; equal stacks are one.
///
/// A *reading* is a way to understand the text so far: the state within a terminal, and the frame below it.
struct StackTable {
    struct Reading: Hashable, Comparable {
        let bits: UInt64

        init(state: Int32, below frame: Int32) {
            bits = UInt64(UInt32(bitPattern: state)) << 32 | UInt64(UInt32(bitPattern: frame))
        }

        var state: Int32 { Int32(truncatingIfNeeded: bits >> 32) }
        var frame: Int32 { Int32(truncatingIfNeeded: bits) }

        static func < (left: Reading, right: Reading) -> Bool { left.bits < right.bits }
    }

    private struct Frame: Hashable {
        /// A place among the members of a sequence, or a repetition's node.
        let target: Int32
        /// Negative where the frame is the rest of a sequence.
        var atLeast: Int32 = -1
        var atMost: Int32 = -1
        let below: Int32
    }

    private struct Expansion {
        var readings: Range<Int>
        var isComplete: Bool
    }

    private enum Step: Hashable {
        case node(Int32, below: Int32)
        case frame(Int32)
    }

    /// The frame below all others: the text is complete.
    static let bottom: Int32 = 0

    private let grammar: CompiledGrammar
    private let limits: ConstraintLimits
    var budget: ConstraintBudget
    private var frames = [Frame(target: -1, below: -1)]
    private var depths: [Int32] = [0]
    private var indexOfFrame: [Frame: Int32] = [:]
    private var expansions: [Expansion?] = [nil]
    private var readings: [Reading] = []
    /// Steps since the work on the last token began.
    private var steps = 0
    /// The end of the sequence to which a member belongs.
    private var endOfSequence: [Int32]

    init(_ grammar: CompiledGrammar, _ budget: ConstraintBudget) {
        self.grammar = grammar
        limits = budget.limits
        self.budget = budget
        endOfSequence = Array(repeating: 0, count: grammar.members.count)
        for case .sequence(let range) in grammar.nodes {
            for index in range { endOfSequence[index] = Int32(range.upperBound) }
        }
    }

    /// Begins to count the work on another token.
    mutating func beginToken() { steps = 0 }

    /// The readings with which a text may go on, once what is above a frame has been matched.
    mutating func readings(
        after frame: Int32, _ automaton: RegularAutomaton
    ) throws(ConstraintError) -> (ArraySlice<Reading>, isComplete: Bool) {
        if let expansion = expansions[Int(frame)] { return (readings[expansion.readings], expansion.isComplete) }
        let (found, isComplete) = try expand(.frame(frame), automaton)
        try budget.charge(8 * found.count)
        let range = readings.count..<readings.count + found.count
        readings += found
        expansions[Int(frame)] = Expansion(readings: range, isComplete: isComplete)
        return (readings[range], isComplete)
    }

    /// The readings with which a text may begin.
    mutating func beginnings(
        _ automaton: RegularAutomaton
    ) throws(ConstraintError) -> (readings: [Reading], isComplete: Bool) {
        try expand(.node(grammar.root, below: Self.bottom), automaton)
    }

    private mutating func expand(
        _ first: Step, _ automaton: RegularAutomaton
    ) throws(ConstraintError) -> (readings: [Reading], isComplete: Bool) {
        var open = [first]
        var seen: Set<Step> = [first]
        // What a repetition does after an empty part is among what it does without that part.
        var repeating: Set<Int32> = []
        var found: Set<Reading> = []
        var isComplete = false
        var isTooDeep = false
        while let step = open.popLast() {
            steps += 1
            guard steps <= limits.expansions else { throw .tooLarge(.work, limit: limits.expansions) }
            func visit(_ step: Step) { if seen.insert(step).inserted { open.append(step) } }
            /// A part on top of a frame that may be too many.
            func visit(_ part: Int32, below frame: Int32?) {
                guard grammar.isProductive[Int(part)] else { return }
                if let frame { visit(.node(part, below: frame)) } else { isTooDeep = true }
            }
            switch step {
            case .frame(Self.bottom): isComplete = true
            case .frame(let index):
                guard !repeating.contains(index) else { continue }
                let frame = frames[Int(index)]
                if frame.atLeast < 0 {
                    let rest = try rest(ofSequence: frame.target + 1, below: frame.below)
                    visit(grammar.member(Int(frame.target)), below: rest)
                } else {
                    if frame.atLeast == 0 { visit(.frame(frame.below)) }
                    guard case .repetition(let part, _, _) = grammar.nodes[Int(frame.target)] else { continue }
                    let rest = try rest(
                        ofRepetition: frame.target, atLeast: frame.atLeast, atMost: frame.atMost, below: frame.below)
                    if grammar.isNullable[Int(part)], let rest, rest != frame.below { repeating.insert(rest) }
                    visit(part, below: rest)
                }
            case .node(let node, let below):
                switch grammar.nodes[Int(node)] {
                case .terminal(let state):
                    if automaton.hasContinuation(state) { found.insert(Reading(state: state, below: below)) }
                    if automaton.isAccepting(state) { visit(.frame(below)) }
                case .sequence(let range):
                    let rest = try rest(ofSequence: Int32(range.lowerBound) + 1, below: below)
                    visit(grammar.member(range.lowerBound), below: rest)
                case .choice(let range):
                    for index in range { visit(grammar.member(index), below: below) }
                case .repetition(let part, let atLeast, let atMost):
                    let isNullable = grammar.isNullable[Int(part)]
                    let atLeast = isNullable ? 0 : atLeast
                    if atLeast == 0 { visit(.frame(below)) }
                    let rest = try rest(ofRepetition: node, atLeast: atLeast, atMost: atMost, below: below)
                    if isNullable, let rest, rest != below { repeating.insert(rest) }
                    visit(part, below: rest)
                case .rule(let rule):
                    if let definition = grammar.rules[rule] { visit(definition, below: below) }
                }
            }
        }
        if found.isEmpty, !isComplete, isTooDeep { throw .tooLarge(.stackDepth, limit: limits.stackDepth) }
        guard found.count <= limits.stacks else { throw .tooLarge(.stacks, limit: limits.stacks) }
        return (found.sorted(), isComplete)
    }

    // MARK: Frames

    /// The frame for what follows one member of a sequence: none after its last. Nil where there are too many levels.
    private mutating func rest(ofSequence next: Int32, below: Int32) throws(ConstraintError) -> Int32? {
        guard next < endOfSequence[Int(next) - 1] else { return below }
        return try frame(Frame(target: next, below: below))
    }

    /// The frame for what follows one part of a repetition.
    private mutating func rest(
        ofRepetition node: Int32, atLeast: Int32, atMost: Int32, below: Int32
    ) throws(ConstraintError) -> Int32? {
        let left = atMost == RegularExpressions.unlimited ? atMost : atMost - 1
        guard left > 0 else { return below }
        return try frame(Frame(target: node, atLeast: max(atLeast - 1, 0), atMost: left, below: below))
    }

    private mutating func frame(_ frame: Frame) throws(ConstraintError) -> Int32? {
        if let index = indexOfFrame[frame] { return index }
        let depth = depths[Int(frame.below)] + 1
        guard depth <= limits.stackDepth else { return nil }
        try budget.charge(112)
        let index = Int32(frames.count)
        frames.append(frame)
        depths.append(depth)
        expansions.append(nil)
        indexOfFrame[frame] = index
        return index
    }
}

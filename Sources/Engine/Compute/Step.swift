/// One operation of a program. Backends switch over this exhaustively: a new case does not compile until each handles it.
package enum Step: Hashable, Sendable {
    /// The rows of a matrix that the batch's tokens name.
    case embed(Weight, into: Value)
    case normalize(Value, Normalization, into: Value)
    case linear(Linear)
    case rotate(Value, Rotation, heads: Int, into: Value)
    case attend(Attention)
    /// activation(first) × second, element by element.
    case gate(Value, Value, Activation, into: Value)
    case add(Value, Value, into: Value)
    /// Chooses experts by the scores of a router matrix of shape [input, experts].
    case route(Value, Weight, into: Routing)
    case expertLinear(ExpertLinear)
    case sumExperts(ExpertSum)
    /// Keeps the batch's output rows only.
    case selectOutputs(Value, into: Value)
}

extension Step {
    package var inputs: [Value] {
        switch self {
        case .embed: []
        case .normalize(let input, _, _), .rotate(let input, _, _, _), .route(let input, _, _),
            .selectOutputs(let input, _):
            [input]
        case .linear(let linear): [linear.input] + (linear.residual.map { [$0] } ?? [])
        case .attend(let attention): [attention.query, attention.key, attention.value]
        case .gate(let first, let second, _, _), .add(let first, let second, _): [first, second]
        case .expertLinear(let linear): [linear.input, linear.routing.value]
        case .sumExperts(let sum): [sum.input, sum.routing.value] + (sum.residual.map { [$0] } ?? [])
        }
    }

    package var outputs: [Value] {
        switch self {
        case .embed(_, let output), .normalize(_, _, let output), .rotate(_, _, _, let output),
            .gate(_, _, _, let output), .add(_, _, let output), .selectOutputs(_, let output):
            [output]
        case .linear(let linear): linear.outputs.values
        case .attend(let attention): [attention.output]
        case .route(_, _, let routing): [routing.value]
        case .expertLinear(let linear): linear.outputs.values
        case .sumExperts(let sum): [sum.output]
        }
    }

    /// Every weight that the step reads.
    package var weights: [Weight] {
        switch self {
        case .embed(let weight, _), .route(_, let weight, _): [weight]
        case .normalize(_, let normalization, _): [normalization.weight]
        case .linear(let linear):
            (linear.normalization.map { [$0.weight] } ?? [])
                + linear.projections.flatMap { [$0.weight] + ($0.bias.map { [$0] } ?? []) }
        case .expertLinear(let linear): linear.weights
        case .rotate, .attend, .gate, .add, .sumExperts, .selectOutputs: []
        }
    }

    /// A row of the result depends on nothing but the same row of the inputs: neither on its position nor on other rows.
    package var isRowwise: Bool {
        switch self {
        case .normalize, .linear, .gate, .add, .route, .expertLinear, .sumExperts: true
        case .embed, .rotate, .attend, .selectOutputs: false
        }
    }

    /// The same step on other values.
    package func mapping(inputs input: (Value) -> Value, outputs output: (Value) -> Value) -> Step {
        switch self {
        case .embed(let weight, let into): return .embed(weight, into: output(into))
        case .normalize(let value, let normalization, let into):
            return .normalize(input(value), normalization, into: output(into))
        case .linear(var linear):
            linear.input = input(linear.input)
            linear.residual = linear.residual.map(input)
            linear.outputs = linear.outputs.mapping(output)
            return .linear(linear)
        case .rotate(let value, let rotation, let heads, let into):
            return .rotate(input(value), rotation, heads: heads, into: output(into))
        case .attend(var attention):
            attention.query = input(attention.query)
            attention.key = input(attention.key)
            attention.value = input(attention.value)
            attention.output = output(attention.output)
            return .attend(attention)
        case .gate(let first, let second, let activation, let into):
            return .gate(input(first), input(second), activation, into: output(into))
        case .add(let first, let second, let into): return .add(input(first), input(second), into: output(into))
        case .route(let value, let weight, var routing):
            routing.value = output(routing.value)
            return .route(input(value), weight, into: routing)
        case .expertLinear(var linear):
            linear.input = input(linear.input)
            linear.routing.value = input(linear.routing.value)
            linear.outputs = linear.outputs.mapping(output)
            return .expertLinear(linear)
        case .sumExperts(var sum):
            sum.input = input(sum.input)
            sum.routing.value = input(sum.routing.value)
            sum.residual = sum.residual.map(input)
            sum.output = output(sum.output)
            return .sumExperts(sum)
        case .selectOutputs(let value, let into): return .selectOutputs(input(value), into: output(into))
        }
    }
}

extension LinearOutputs {
    func mapping(_ transform: (Value) -> Value) -> LinearOutputs {
        switch self {
        case .separate(let values): .separate(values.map(transform))
        case .gated(let activation, let value): .gated(activation, transform(value))
        }
    }
}

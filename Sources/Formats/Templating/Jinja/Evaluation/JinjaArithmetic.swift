#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Python's arithmetic on integers of 64 bits, floats, strings and sequences.
enum JinjaArithmetic {
    static func apply(_ operation: JinjaUnaryOperator, to value: JinjaValue) throws(TemplateError) -> JinjaValue {
        if operation == .not { return .bool(!value.isTrue) }
        if case .undefined(let undefined) = value { throw undefined.error }
        if let integer = value.index {
            return operation == .plus ? .integer(integer) : try exactly(0.subtractingReportingOverflow(integer))
        }
        if case .float(let number) = value { return .float(operation == .plus ? number : -number) }
        throw TemplateError(
            .evaluation, "bad operand type for unary \(operation.rawValue): '\(value.typeName)'")
    }

    static func apply(
        _ operation: JinjaArithmeticOperator, _ left: JinjaValue, _ right: JinjaValue, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> JinjaValue {
        if let left = left.index, let right = right.index { return try integers(operation, left, right) }
        if let left = left.number, let right = right.number { return try floats(operation, left, right) }
        if operation == .remainder, let format = left.marked {
            if case .string = left { return .string(try PercentFormat.format(format, right, renderer)) }
            return .markup(try PercentFormat.format(format, try renderer.escaped(right), renderer))
        }
        for operand in [left, right] {
            if case .undefined(let undefined) = operand { throw undefined.error }
        }
        switch operation {
        case .add: return try sum(left, right, renderer)
        case .multiply:
            if let product = try product(left, right, renderer) { return product }
        default: break
        }
        throw unsupported(operation, left, right)
    }

    private static func unsupported(
        _ operation: JinjaArithmeticOperator, _ left: JinjaValue, _ right: JinjaValue
    ) -> TemplateError {
        let name = operation == .power ? "** or pow()" : operation.rawValue
        return TemplateError(
            .evaluation, "unsupported operand type(s) for \(name): '\(left.typeName)' and '\(right.typeName)'")
    }

    // MARK: Numbers

    private static func integers(
        _ operation: JinjaArithmeticOperator, _ left: Int, _ right: Int
    ) throws(TemplateError) -> JinjaValue {
        switch operation {
        case .add: return try exactly(left.addingReportingOverflow(right))
        case .subtract: return try exactly(left.subtractingReportingOverflow(right))
        case .multiply: return try exactly(left.multipliedReportingOverflow(by: right))
        case .divide:
            guard right != 0 else { throw TemplateError(.evaluation, "division by zero") }
            return .float(Double(left) / Double(right))
        case .floorDivide:
            guard right != 0 else { throw TemplateError(.evaluation, "integer division or modulo by zero") }
            let quotient = left.dividedReportingOverflow(by: right)
            let isRoundedUp = left % (right == -1 ? 1 : right) != 0 && (left < 0) != (right < 0)
            return try exactly((quotient.partialValue - (isRoundedUp ? 1 : 0), quotient.overflow))
        case .remainder:
            guard right != 0 else { throw TemplateError(.evaluation, "integer modulo by zero") }
            guard right != -1 else { return .integer(0) }
            let remainder = left % right
            return .integer(remainder != 0 && (remainder < 0) != (right < 0) ? remainder + right : remainder)
        case .power: return try power(left, right)
        }
    }

    private static func power(_ base: Int, _ exponent: Int) throws(TemplateError) -> JinjaValue {
        guard exponent >= 0 else { return try floats(.power, Double(base), Double(exponent)) }
        if base == 0 || base == 1 { return .integer(exponent == 0 ? 1 : base) }
        if base == -1 { return .integer(exponent % 2 == 0 ? 1 : -1) }
        var result = 1
        // A base of two or more overflows long before the exponent is large.
        for _ in 0..<min(exponent, 64) {
            guard case .integer(let next) = try exactly(result.multipliedReportingOverflow(by: base)) else { break }
            result = next
        }
        return .integer(result)
    }

    private static func exactly(
        _ result: (partialValue: Int, overflow: Bool)
    ) throws(TemplateError) -> JinjaValue {
        guard !result.overflow else {
            throw TemplateError(.evaluation, "the result of an integer operation does not fit in 64 bits")
        }
        return .integer(result.partialValue)
    }

    private static func floats(
        _ operation: JinjaArithmeticOperator, _ left: Double, _ right: Double
    ) throws(TemplateError) -> JinjaValue {
        switch operation {
        case .add: return .float(left + right)
        case .subtract: return .float(left - right)
        case .multiply: return .float(left * right)
        case .divide:
            guard right != 0 else { throw TemplateError(.evaluation, "float division by zero") }
            return .float(left / right)
        case .floorDivide:
            guard right != 0 else { throw TemplateError(.evaluation, "float floor division by zero") }
            return .float(floorDivision(left, right).quotient)
        case .remainder:
            guard right != 0 else { throw TemplateError(.evaluation, "float modulo") }
            return .float(floorDivision(left, right).remainder)
        case .power:
            guard left != 0 || right >= 0 else {
                throw TemplateError(.evaluation, "0.0 cannot be raised to a negative power")
            }
            let result = pow(left, right)
            guard !result.isNaN || left.isNaN || right.isNaN else {
                throw TemplateError(.evaluation, "a negative number cannot be raised to a fraction")
            }
            return .float(result)
        }
    }

    private static func floorDivision(_ left: Double, _ right: Double) -> (quotient: Double, remainder: Double) {
        var remainder = fmod(left, right)
        var quotient = (left - remainder) / right
        if remainder == 0 {
            remainder = Double(signOf: right, magnitudeOf: 0)
        } else if (right < 0) != (remainder < 0) {
            remainder += right
            quotient -= 1
        }
        guard quotient != 0 else { return (Double(signOf: left / right, magnitudeOf: 0), remainder) }
        let floored = quotient.rounded(.down)
        return (quotient - floored > 0.5 ? floored + 1 : floored, remainder)
    }

    // MARK: Strings and sequences

    private static func sum(
        _ left: JinjaValue, _ right: JinjaValue, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> JinjaValue {
        switch (left, right) {
        case (.string(let left), .string(let right)): return .string(try concatenated(left, right, renderer))
        case (.markup(let left), .markup(let right)): return .markup(try concatenated(left, right, renderer))
        case (.markup(let left), .string(let right)):
            return .markup(try concatenated(left, try renderer.escaped(right), renderer))
        case (.string(let left), .markup(let right)):
            return .markup(try concatenated(try renderer.escaped(left), right, renderer))
        case (.list(let left), .list(let right)):
            try renderer.charge(elements: left.elements.count + right.elements.count)
            return .list(left.elements + right.elements)
        case (.tuple(let left), .tuple(let right)):
            try renderer.charge(elements: left.elements.count + right.elements.count)
            return .tuple(left.elements + right.elements)
        case (.string, _), (.list, _), (.tuple, _):
            let type = left.typeName
            throw TemplateError(
                .evaluation, "can only concatenate \(type) (not \"\(right.typeName)\") to \(type)")
        default: throw unsupported(.add, left, right)
        }
    }

    private static func concatenated(
        _ left: MarkedText, _ right: MarkedText, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> MarkedText {
        try renderer.charge(bytes: left.byteCount + right.byteCount)
        return left + right
    }

    /// A string or sequence several times over; nil where neither operand is one.
    private static func product(
        _ left: JinjaValue, _ right: JinjaValue, _ renderer: JinjaRenderer
    ) throws(TemplateError) -> JinjaValue? {
        let (repeated, factor) = isSequence(left) ? (left, right) : (right, left)
        guard isSequence(repeated) else { return nil }
        guard let index = factor.index else {
            throw TemplateError(
                .evaluation, "can't multiply sequence by non-int of type '\(factor.typeName)'")
        }
        let count = max(index, 0)
        switch repeated {
        case .string(let text), .markup(let text):
            let (bytes, overflow) = text.byteCount.multipliedReportingOverflow(by: count)
            try renderer.charge(bytes: overflow ? Int.max : bytes)
            return repeated.likewise(text.repeated(text.isEmpty ? 0 : count))
        case .list(let sequence), .tuple(let sequence):
            let (elements, overflow) = sequence.elements.count.multipliedReportingOverflow(by: count)
            try renderer.charge(elements: overflow ? Int.max : elements)
            let all = Array(repeatElement(sequence.elements, count: sequence.elements.isEmpty ? 0 : count).joined())
            if case .list = repeated { return .list(all) }
            return .tuple(all)
        default: return nil
        }
    }

    private static func isSequence(_ value: JinjaValue) -> Bool {
        switch value {
        case .string, .markup, .list, .tuple: true
        default: false
        }
    }
}

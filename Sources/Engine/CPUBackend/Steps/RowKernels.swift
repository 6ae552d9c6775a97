import CKernels
import Compute
import Tensors

extension Activation {
    /// Its place among the kernels.
    var index: Int {
        switch self {
        case .silu: Int(CK_SILU)
        case .gelu: Int(CK_GELU)
        case .geluTanh: Int(CK_GELU_TANH)
        case .geluQuick: Int(CK_GELU_QUICK)
        case .relu: Int(CK_RELU)
        case .reluSquared: Int(CK_RELU_SQUARED)
        case .sigmoid: Int(CK_SIGMOID)
        case .tanh: Int(CK_TANH)
        case .softplus: Int(CK_SOFTPLUS)
        }
    }
}

/// A function of every element of a row; `out` may be the input.
///
/// Which function it is has been looked up when the kernel is made: a product calls one for each task and column.
enum ElementKernel: @unchecked Sendable {
    case unary(ck_unary?)
    case scale(ScaleFunction, Float)
    case clamp(ClampFunction, ClosedRange<Float>)

    /// (n, in, factor or cap, out)
    typealias ScaleFunction =
        @convention(c) (Int, UnsafePointer<Float>?, Float, UnsafeMutablePointer<Float>?) -> Void
    /// (n, in, low, high, out)
    typealias ClampFunction =
        @convention(c) (Int, UnsafePointer<Float>?, Float, Float, UnsafeMutablePointer<Float>?) -> Void

    init(_ function: ElementFunction, _ operations: UnsafePointer<ck_operations>) {
        self =
            switch function {
            case .activation(let activation): .unary(operations.pointee.activate[activation.index])
            case .scale(let factor): .scale(operations.pointee.scale, factor)
            case .softcap(let cap): .scale(operations.pointee.softcap, cap)
            case .clamp(let range): .clamp(operations.pointee.clamp, range)
            }
    }

    func callAsFunction(_ count: Int, _ input: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>) {
        switch self {
        case .unary(let function): function?(count, input, out)
        case .scale(let function, let number): function(count, input, number, out)
        case .clamp(let function, let range): function(count, input, range.lowerBound, range.upperBound, out)
        }
    }
}

/// A function of the elements of two rows, looked up when it is made.
enum GateKernel: @unchecked Sendable {
    case binary(ck_binary?)
    case clampedSwiGLU(SwiGLUFunction, alpha: Float, limit: Float)

    /// (n, gate, up, alpha, limit, out)
    typealias SwiGLUFunction =
        @convention(c) (
            Int, UnsafePointer<Float>?, UnsafePointer<Float>?, Float, Float, UnsafeMutablePointer<Float>?
        ) -> Void

    init(_ function: GateFunction, _ operations: UnsafePointer<ck_operations>) {
        self =
            switch function {
            case .activation(let activation): .binary(operations.pointee.gate[activation.index])
            case .clampedSwiGLU(let alpha, let limit):
                .clampedSwiGLU(operations.pointee.clamped_swiglu, alpha: alpha, limit: limit)
            }
    }

    func callAsFunction(
        _ count: Int, _ gate: UnsafePointer<Float>, _ up: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>
    ) {
        switch self {
        case .binary(let function): function?(count, gate, up, out)
        case .clampedSwiGLU(let function, let alpha, let limit): function(count, gate, up, alpha, limit, out)
        }
    }
}

/// A normalization with its weights in f32.
///
/// It counts no references: workers copy it at the same time.
struct NormalizationKernel: @unchecked Sendable {
    private let kind: Normalization.Kind
    private let epsilon: Float
    private let groups: Int
    private let operations: UnsafePointer<ck_operations>
    private let weight: UnsafePointer<Float>?
    private let bias: UnsafePointer<Float>?
    /// Elements of the weight.
    private let weightWidth: Int

    init(
        _ normalization: Normalization, _ operations: UnsafePointer<ck_operations>, weight: UnsafePointer<Float>?,
        bias: UnsafePointer<Float>?
    ) {
        kind = normalization.kind
        epsilon = normalization.epsilon
        groups = normalization.groups
        self.operations = operations
        self.weight = weight
        self.bias = bias
        weightWidth = (normalization.weight ?? normalization.bias)?.shape.elementCount ?? 0
    }

    /// - Parameter count: elements of the row.
    func callAsFunction(_ count: Int, _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>) {
        let width = count / groups
        // Groups share a weight that is no wider than they are.
        let isPerGroup = weightWidth > width
        for group in 0..<groups {
            let first = group * width
            let ownFirst = isPerGroup ? first : 0
            let weight = weight.map { $0 + ownFirst }
            switch kind {
            case .rms: operations.pointee.rms_norm(width, input + first, weight, epsilon, output + first)
            case .layer:
                operations.pointee.layer_norm(
                    width, input + first, weight, bias.map { $0 + ownFirst }, epsilon, output + first)
            }
        }
    }
}

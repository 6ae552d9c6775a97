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
struct ElementKernel: @unchecked Sendable {
    private let function: ElementFunction
    private let operations: ck_operations

    init(_ function: ElementFunction, _ operations: ck_operations) {
        self.function = function
        self.operations = operations
    }

    func callAsFunction(_ count: Int, _ input: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>) {
        switch function {
        case .activation(let activation): operations.activate[activation.index]?(count, input, out)
        case .scale(let factor): operations.scale(count, input, factor, out)
        case .softcap(let cap): operations.softcap(count, input, cap, out)
        case .clamp(let range): operations.clamp(count, input, range.lowerBound, range.upperBound, out)
        }
    }
}

/// A function of the elements of two rows.
struct GateKernel: @unchecked Sendable {
    private let function: GateFunction
    private let operations: ck_operations

    init(_ function: GateFunction, _ operations: ck_operations) {
        self.function = function
        self.operations = operations
    }

    func callAsFunction(
        _ count: Int, _ gate: UnsafePointer<Float>, _ up: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>
    ) {
        switch function {
        case .activation(let activation): operations.gate[activation.index]?(count, gate, up, out)
        case .clampedSwiGLU(let alpha, let limit): operations.clamped_swiglu(count, gate, up, alpha, limit, out)
        }
    }
}

/// A normalization with its weights in f32.
struct NormalizationKernel: @unchecked Sendable {
    private let normalization: Normalization
    private let operations: ck_operations
    private let weight: UnsafePointer<Float>?
    private let bias: UnsafePointer<Float>?
    /// Elements of the weight.
    private let weightWidth: Int

    init(
        _ normalization: Normalization, _ operations: ck_operations, weight: UnsafePointer<Float>?,
        bias: UnsafePointer<Float>?
    ) {
        self.normalization = normalization
        self.operations = operations
        self.weight = weight
        self.bias = bias
        weightWidth = (normalization.weight ?? normalization.bias)?.shape.elementCount ?? 0
    }

    /// - Parameter count: elements of the row.
    func callAsFunction(_ count: Int, _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>) {
        let width = count / normalization.groups
        // Groups share a weight that is no wider than they are.
        let isPerGroup = weightWidth > width
        for group in 0..<normalization.groups {
            let first = group * width
            let ownFirst = isPerGroup ? first : 0
            let weight = weight.map { $0 + ownFirst }
            switch normalization.kind {
            case .rms: operations.rms_norm(width, input + first, weight, normalization.epsilon, output + first)
            case .layer:
                operations.layer_norm(
                    width, input + first, weight, bias.map { $0 + ownFirst }, normalization.epsilon, output + first)
            }
        }
    }
}

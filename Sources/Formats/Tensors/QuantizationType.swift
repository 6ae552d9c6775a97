/// How the elements of a tensor are stored: in blocks of `blockSize` elements, `bytesPerBlock` bytes each.
///
/// A new type is one row of `all`; its arithmetic is a row of the kernel table of the same `ggufID`.
package struct QuantizationType: Hashable, Sendable {
    /// The name that llama.cpp and Ollama print, such as `Q4_K`.
    package let name: String
    /// The number in a GGUF tensor description.
    package let ggufID: UInt32
    package let blockSize: Int
    package let bytesPerBlock: Int

    /// The bytes of `count` elements, or nil where `count` is no multiple of the block size or the result overflows.
    package func byteCount(ofElements count: Int) -> Int? {
        guard count >= 0, count % blockSize == 0 else { return nil }
        let (bytes, overflow) = (count / blockSize).multipliedReportingOverflow(by: bytesPerBlock)
        return overflow ? nil : bytes
    }

    package static func named(_ name: String) -> QuantizationType? { all.first { $0.name == name } }
    package static func withGGUFID(_ id: UInt32) -> QuantizationType? { all.first { $0.ggufID == id } }
}

extension QuantizationType {
    package static let f32 = Self(name: "F32", ggufID: 0, blockSize: 1, bytesPerBlock: 4)
    package static let f16 = Self(name: "F16", ggufID: 1, blockSize: 1, bytesPerBlock: 2)
    package static let q4_0 = Self(name: "Q4_0", ggufID: 2, blockSize: 32, bytesPerBlock: 18)
    package static let q4_1 = Self(name: "Q4_1", ggufID: 3, blockSize: 32, bytesPerBlock: 20)
    package static let q5_0 = Self(name: "Q5_0", ggufID: 6, blockSize: 32, bytesPerBlock: 22)
    package static let q5_1 = Self(name: "Q5_1", ggufID: 7, blockSize: 32, bytesPerBlock: 24)
    package static let q8_0 = Self(name: "Q8_0", ggufID: 8, blockSize: 32, bytesPerBlock: 34)
    package static let q8_1 = Self(name: "Q8_1", ggufID: 9, blockSize: 32, bytesPerBlock: 36)
    package static let q2_K = Self(name: "Q2_K", ggufID: 10, blockSize: 256, bytesPerBlock: 84)
    package static let q3_K = Self(name: "Q3_K", ggufID: 11, blockSize: 256, bytesPerBlock: 110)
    package static let q4_K = Self(name: "Q4_K", ggufID: 12, blockSize: 256, bytesPerBlock: 144)
    package static let q5_K = Self(name: "Q5_K", ggufID: 13, blockSize: 256, bytesPerBlock: 176)
    package static let q6_K = Self(name: "Q6_K", ggufID: 14, blockSize: 256, bytesPerBlock: 210)
    package static let q8_K = Self(name: "Q8_K", ggufID: 15, blockSize: 256, bytesPerBlock: 292)
    package static let iq2_XXS = Self(name: "IQ2_XXS", ggufID: 16, blockSize: 256, bytesPerBlock: 66)
    package static let iq2_XS = Self(name: "IQ2_XS", ggufID: 17, blockSize: 256, bytesPerBlock: 74)
    package static let iq3_XXS = Self(name: "IQ3_XXS", ggufID: 18, blockSize: 256, bytesPerBlock: 98)
    package static let iq1_S = Self(name: "IQ1_S", ggufID: 19, blockSize: 256, bytesPerBlock: 50)
    package static let iq4_NL = Self(name: "IQ4_NL", ggufID: 20, blockSize: 32, bytesPerBlock: 18)
    package static let iq3_S = Self(name: "IQ3_S", ggufID: 21, blockSize: 256, bytesPerBlock: 110)
    package static let iq2_S = Self(name: "IQ2_S", ggufID: 22, blockSize: 256, bytesPerBlock: 82)
    package static let iq4_XS = Self(name: "IQ4_XS", ggufID: 23, blockSize: 256, bytesPerBlock: 136)
    package static let i8 = Self(name: "I8", ggufID: 24, blockSize: 1, bytesPerBlock: 1)
    package static let i16 = Self(name: "I16", ggufID: 25, blockSize: 1, bytesPerBlock: 2)
    package static let i32 = Self(name: "I32", ggufID: 26, blockSize: 1, bytesPerBlock: 4)
    package static let i64 = Self(name: "I64", ggufID: 27, blockSize: 1, bytesPerBlock: 8)
    package static let f64 = Self(name: "F64", ggufID: 28, blockSize: 1, bytesPerBlock: 8)
    package static let iq1_M = Self(name: "IQ1_M", ggufID: 29, blockSize: 256, bytesPerBlock: 56)
    package static let bf16 = Self(name: "BF16", ggufID: 30, blockSize: 1, bytesPerBlock: 2)
    package static let tq1_0 = Self(name: "TQ1_0", ggufID: 34, blockSize: 256, bytesPerBlock: 54)
    package static let tq2_0 = Self(name: "TQ2_0", ggufID: 35, blockSize: 256, bytesPerBlock: 66)
    package static let mxfp4 = Self(name: "MXFP4", ggufID: 39, blockSize: 32, bytesPerBlock: 17)
    package static let nvfp4 = Self(name: "NVFP4", ggufID: 40, blockSize: 64, bytesPerBlock: 36)
    package static let q1_0 = Self(name: "Q1_0", ggufID: 41, blockSize: 128, bytesPerBlock: 18)
    package static let q2_0 = Self(name: "Q2_0", ggufID: 42, blockSize: 64, bytesPerBlock: 18)

    /// Every type that a GGUF file may name.
    package static let all: [Self] = [
        f32, f16, q4_0, q4_1, q5_0, q5_1, q8_0, q8_1, q2_K, q3_K, q4_K, q5_K, q6_K, q8_K, iq2_XXS, iq2_XS, iq3_XXS,
        iq1_S,
        iq4_NL, iq3_S, iq2_S, iq4_XS, i8, i16, i32, i64, f64, iq1_M, bf16, tq1_0, tq2_0, mxfp4, nvfp4,
        q1_0, q2_0,
    ]
}

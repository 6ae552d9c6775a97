package import GGUF
package import SystemPackage
import Tensors

/// What a GGUF file is for, and what lists say about it.
package struct WeightsDescription: Hashable, Sendable {
    package enum Kind: Sendable {
        case model, adapter, projector
    }
    package let kind: Kind
    package let architecture: String
    /// `1.2B`.
    package let parameterSize: String
    /// `Q4_K_M`.
    package let quantization: String

    package init(_ file: GGUFFile) throws(GGUFError) {
        let metadata = file.metadata
        architecture = try metadata.require("general.architecture")
        kind = try Self.kind(of: metadata, architecture: architecture)
        parameterSize = Self.sizeText(try Self.parameterCount(of: file))
        quantization = Self.quantizationName(try metadata.value("general.file_type", as: UInt32.self))
    }

    /// Describes a file that is to become part of a model; anything but a regular file in the GGUF format is refused at once.
    /// - Throws: `creation`.
    package init(contentsOf path: FilePath) throws(ModelLibraryError) {
        do throws(GGUFError) {
            let file = try GGUFFile(contentsOf: path)
            guard file.bytesAfterTensors <= Self.mostPadding else { throw .trailingBytes(file.bytesAfterTensors) }
            try self.init(file)
        } catch .notGGUF {
            throw .creation("supplied file was not in GGUF format")
        } catch {
            throw .creation("\(error)")
        }
    }

    /// Which part of a split model a file is, from 0 on; nil for a whole one.
    /// - Throws: `creation`.
    package static func partIndex(of path: FilePath) throws(ModelLibraryError) -> Int? {
        do throws(GGUFError) {
            return try GGUFFile.partIndex(at: path)
        } catch .notGGUF {
            throw .creation("supplied file was not in GGUF format")
        } catch {
            throw .creation("\(error)")
        }
    }

    /// Bytes; alignments are far smaller.
    private static let mostPadding = 64 << 20

    private static func kind(of metadata: GGUFMetadata, architecture: String) throws(GGUFError) -> Kind {
        switch try metadata.value("general.type", as: String.self) {
        case "adapter"?: return .adapter
        case "projector"?, "mmproj"?: return .projector
        default: break
        }
        if architecture == "clip" {
            let sees = try metadata.value("clip.has_vision_encoder", default: false)
            let hears = try metadata.value("clip.has_audio_encoder", default: false)
            if sees || hears { return .projector }
        }
        let blocks = try metadata.value("\(architecture).block_count", as: UInt64.self)
        let visionBlocks = try metadata.value("\(architecture).vision.block_count", default: UInt64(0))
        return blocks == nil && visionBlocks > 0 ? .projector : .model
    }

    /// What the file says, or the number of elements of all tensors.
    package static func parameterCount(of file: GGUFFile) throws(GGUFError) -> UInt64 {
        if let count = try file.metadata.value("general.parameter_count", as: UInt64.self) { return count }
        return file.tensors.reduce(0) { sum, tensor in
            let (total, overflow) = sum.addingReportingOverflow(UInt64(max(0, tensor.shape.elementCount)))
            return overflow ? .max : total
        }
    }

    /// `7B`, `1.2B`, `268.10M`, `12K`.
    package static func sizeText(_ count: UInt64) -> String {
        switch count {
        case 1_000_000_000...: scaled(count, by: 1_000_000_000, decimals: 1) + "B"
        case 1_000_000...: scaled(count, by: 1_000_000, decimals: 2) + "M"
        case 1_000...: scaled(count, by: 1_000, decimals: 0) + "K"
        default: "\(count)"
        }
    }

    /// `count / unit`, rounded half to even, without decimals where it is whole.
    private static func scaled(_ count: UInt64, by unit: UInt64, decimals: Int) -> String {
        if count % unit == 0 { return "\(count / unit)" }
        let factor: UInt64 = decimals == 2 ? 100 : decimals == 1 ? 10 : 1
        let rounded = UInt64((Double(count) / Double(unit) * Double(factor)).rounded(.toNearestOrEven))
        guard decimals > 0 else { return "\(rounded)" }
        let fraction = String(rounded % factor)
        return "\(rounded / factor)." + String(repeating: "0", count: decimals - fraction.count) + fraction
    }

    /// The names that llama.cpp gives its mixtures, by `general.file_type`.
    package static func quantizationName(_ fileType: UInt32?) -> String {
        fileType.flatMap { names[$0] } ?? "unknown"
    }

    private static let names: [UInt32: String] = [
        0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K", 11: "Q3_K_S",
        12: "Q3_K_M", 13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S", 17: "Q5_K_M", 18: "Q6_K", 19: "IQ2_XXS",
        20: "IQ2_XS", 21: "Q2_K_S", 22: "IQ3_XS", 23: "IQ3_XXS", 24: "IQ1_S", 25: "IQ4_NL", 26: "IQ3_S", 27: "IQ3_M",
        28: "IQ2_S", 29: "IQ2_M", 30: "IQ4_XS", 31: "IQ1_M", 32: "BF16", 36: "TQ1_0", 37: "TQ2_0", 38: "MXFP4_MOE",
        39: "NVFP4", 40: "Q1_0",
    ]
}

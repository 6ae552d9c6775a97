package import Compute
package import GGUF

/// The `<architecture>.*` entries of a model's metadata. Every number is checked where it is read: files are not trusted.
package struct Hyperparameters: Sendable {
    /// `general.architecture`.
    package let architecture: String
    package let layerCount: Int
    package let embeddingWidth: Int
    /// Positions that the model was trained for.
    package let contextLength: Int
    /// Positions that sequences will have at most.
    package let servedLength: Int

    private let metadata: GGUFMetadata

    /// Widths and counts above this are damage, and products of two of them cannot overflow.
    package static let largestCount = 1 << 28
    private static let mostLayers = 4096

    /// - Parameter servedLength: nil for what the model was trained for.
    package init(_ metadata: GGUFMetadata, servedLength: Int? = nil) throws(ComputeError) {
        self.metadata = metadata
        architecture = try Self.reading("general.architecture") { () throws(GGUFError) in
            try metadata.require("general.architecture", as: String.self)
        }
        let prefix = architecture
        func required(_ key: String, _ range: ClosedRange<Int>) throws(ComputeError) -> Int {
            let key = "\(prefix).\(key)"
            let value = try Self.reading(key) { () throws(GGUFError) in try metadata.require(key, as: Int.self) }
            return try Self.check(value, in: range, key: key)
        }
        layerCount = try required("block_count", 1...Self.mostLayers)
        embeddingWidth = try required("embedding_length", 1...Self.largestCount)
        contextLength = try required("context_length", 1...Self.largestCount)
        self.servedLength = servedLength ?? contextLength
    }

    /// A count in `range`; without a fallback the file must hold it.
    /// - Throws: also for an array with an entry a layer whose entries differ: families that have such layers read them with
    ///   `perLayer`.
    package func count(
        _ key: String, in range: ClosedRange<Int> = 1...largestCount, default fallback: Int? = nil
    ) throws(ComputeError) -> Int {
        let values = try perLayer(key, in: range, default: fallback)
        guard let first = values.first, values.allSatisfy({ $0 == first }) else {
            throw invalid(key, "layers of different sizes are not supported in this family")
        }
        return first
    }

    /// A count in `range` for each layer, from an array or from one number for all.
    package func perLayer(
        _ key: String, in range: ClosedRange<Int> = 1...largestCount, default fallback: Int? = nil
    ) throws(ComputeError) -> [Int] {
        let key = "\(architecture).\(key)"
        if let fallback, metadata[key] == nil { return Array(repeating: fallback, count: layerCount) }
        let values = try Self.reading(key) { () throws(GGUFError) in
            try metadata.requireEach(key, count: layerCount, as: Int.self)
        }
        for value in values { _ = try Self.check(value, in: range, key: key) }
        return values
    }

    /// A list of counts in `range`, which is not of layers.
    package func counts(_ key: String, in range: ClosedRange<Int>) throws(ComputeError) -> [Int] {
        let key = "\(architecture).\(key)"
        let values = try Self.reading(key) { () throws(GGUFError) in try metadata.require(key, as: [Int].self) }
        for value in values { _ = try Self.check(value, in: range, key: key) }
        return values
    }

    /// Yes or no for each layer, from an array or from one for all; nil where the file does not say.
    package func flags(_ key: String) throws(ComputeError) -> [Bool]? {
        let key = "\(architecture).\(key)"
        guard metadata[key] != nil else { return nil }
        return try Self.reading(key) { () throws(GGUFError) in
            try metadata.requireEach(key, count: layerCount, as: Bool.self)
        }
    }

    /// Yes or no for each layer: from an array, or from a number n, which is yes for all layers but every nth.
    package func pattern(_ key: String, period fallback: Int) throws(ComputeError) -> [Bool] {
        if case .array? = metadata["\(architecture).\(key)"], let flags = try flags(key) { return flags }
        let period = try count(key, in: 0...Self.largestCount, default: fallback)
        return (0..<layerCount).map { period == 0 || $0 % period < period - 1 }
    }

    package func flag(_ key: String, default fallback: Bool) throws(ComputeError) -> Bool {
        let key = "\(architecture).\(key)"
        return try Self.reading(key) { () throws(GGUFError) in try metadata.value(key, as: Bool.self) } ?? fallback
    }

    /// A count of at least one, or nil where the file has none.
    package func optionalCount(_ key: String) throws(ComputeError) -> Int? {
        metadata["\(architecture).\(key)"] == nil ? nil : try count(key)
    }

    /// A positive, finite number, or nil where the file has none.
    package func number(_ key: String) throws(ComputeError) -> Double? {
        let key = "\(architecture).\(key)"
        let value = try Self.reading(key) { () throws(GGUFError) in try metadata.value(key, as: Double.self) }
        guard let value else { return nil }
        guard value.isFinite, value > 0 else {
            throw .invalidHyperparameter(key: key, reason: "\(value) is not a positive number")
        }
        return value
    }

    /// The same where 0 means none.
    package func numberUnlessZero(_ key: String) throws(ComputeError) -> Double? {
        let value = try Self.reading("\(architecture).\(key)") { () throws(GGUFError) in
            try metadata.value("\(architecture).\(key)", as: Double.self)
        }
        return value == 0 ? nil : try number(key)
    }

    package func number(_ key: String, default fallback: Double) throws(ComputeError) -> Double {
        try number(key) ?? fallback
    }

    package func requiredNumber(_ key: String) throws(ComputeError) -> Double {
        guard let value = try number(key) else {
            throw .invalidHyperparameter(key: "\(architecture).\(key)", reason: "it is missing")
        }
        return value
    }

    package func has(_ key: String) -> Bool { metadata["\(architecture).\(key)"] != nil }

    package func text(_ key: String) throws(ComputeError) -> String? {
        let key = "\(architecture).\(key)"
        return try Self.reading(key) { () throws(GGUFError) in try metadata.value(key, as: String.self) }
    }

    /// An error about `key`.
    package func invalid(_ key: String, _ reason: String) -> ComputeError {
        .invalidHyperparameter(key: "\(architecture).\(key)", reason: reason)
    }

    private static func check(_ value: Int, in range: ClosedRange<Int>, key: String) throws(ComputeError) -> Int {
        guard range.contains(value) else {
            throw .invalidHyperparameter(
                key: key, reason: "\(value) is not between \(range.lowerBound) and \(range.upperBound)")
        }
        return value
    }

    private static func reading<Value>(
        _ key: String, _ body: () throws(GGUFError) -> Value
    ) throws(ComputeError) -> Value {
        do throws(GGUFError) {
            return try body()
        } catch {
            throw .invalidHyperparameter(key: key, reason: error.description)
        }
    }
}

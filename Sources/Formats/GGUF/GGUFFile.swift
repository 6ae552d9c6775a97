package import SystemPackage
package import Tensors

/// A model in the GGUF format, version 2 or 3: its metadata and its tensors, mapped and not copied. It lies in one file, or
/// in several that llama.cpp's tools split it into.
package struct GGUFFile: Sendable {
    /// In the file's order, the parts of a split model one after the other.
    package let tensors: [TensorView]
    private let parts: [GGUFPart]
    private let first: GGUFPart
    private let indexOfTensor: [String: Int]

    /// Maps the file and checks all of its description; the tensors' data are not read. A split model is opened by its
    /// first file, `NAME-00001-of-0000N.gguf`; the others are beside it.
    package init(contentsOf path: FilePath) throws(GGUFError) {
        let first = try GGUFPart(MappedFile(contentsOf: path))
        guard let split = try GGUFSplit(first.metadata, file: path) else {
            try self.init(first, following: [])
            return
        }
        try split.checkIsFirst(path)
        try self.init(first, at: path, of: split, following: split.followingPaths(of: path))
    }

    /// The files of the model that begins with the file at `path`: that one, and the other parts where it is split.
    ///
    /// - Throws: where it is split and the names of the other parts cannot be told; whether they are there is not looked at.
    package static func paths(ofModelAt path: FilePath) throws(GGUFError) -> [FilePath] {
        guard let split = try GGUFSplit(GGUFPart(MappedFile(contentsOf: path)).metadata, file: path) else {
            return [path]
        }
        try split.checkIsFirst(path)
        return try [path] + split.followingPaths(of: path)
    }

    /// Which part of a split model the file at `path` is, from 0 on; nil for a whole one.
    package static func partIndex(at path: FilePath) throws(GGUFError) -> Int? {
        try GGUFSplit(GGUFPart(MappedFile(contentsOf: path)).metadata, file: path)?.index
    }

    /// A model whose parts have names that say nothing of each other, as the files of a store do.
    ///
    /// - Parameter paths: of all parts in their order; one path where the model is not split.
    package init(parts paths: [FilePath]) throws(GGUFError) {
        guard let path = paths.first else { throw .cannotOpen(path: "", reason: "no file is named") }
        let first = try GGUFPart(MappedFile(contentsOf: path))
        guard let split = try GGUFSplit(first.metadata, file: path) else {
            if paths.count > 1 { throw GGUFError.missingKey(GGUFSplit.countKey).naming(path) }
            try self.init(first, following: [])
            return
        }
        try split.checkIsFirst(path)
        guard paths.count == split.count else {
            throw GGUFError.wrongPartCount(expected: split.count, found: paths.count).naming(path)
        }
        try self.init(first, at: path, of: split, following: Array(paths.dropFirst()))
    }

    /// One file alone, though it may be a part of a split model.
    package init(partAt path: FilePath) throws(GGUFError) {
        try self.init(GGUFPart(MappedFile(contentsOf: path)), following: [])
    }

    /// The same for the bytes of a file; those of one part of a split model are refused.
    package init(bytes: some Collection<UInt8>) throws(GGUFError) {
        let part = try GGUFPart(MappedFile(copying: bytes))
        if let split = try GGUFSplit(part.metadata) { throw .splitFile(count: split.count) }
        try self.init(part, following: [])
    }

    private init(
        _ first: GGUFPart, at path: FilePath, of split: GGUFSplit, following: [FilePath]
    ) throws(GGUFError) {
        var parts: [GGUFPart] = []
        var found = first.tensors.count
        for (index, path) in following.enumerated() {
            do throws(GGUFError) {
                let part = try GGUFPart(MappedFile(contentsOf: path))
                try split.check(part.metadata, isPart: index + 1)
                found += part.tensors.count
                parts.append(part)
            } catch {
                throw error.naming(path)
            }
        }
        try split.check(tensorCount: found, file: path)
        try self.init(first, following: parts)
    }

    private init(_ first: GGUFPart, following: [GGUFPart]) throws(GGUFError) {
        self.first = first
        parts = [first] + following
        tensors = parts.flatMap(\.tensors)
        var indexOfTensor: [String: Int] = [:]
        for (index, tensor) in tensors.enumerated() {
            guard indexOfTensor.updateValue(index, forKey: tensor.name) == nil else {
                throw .duplicateTensor(tensor.name)
            }
        }
        self.indexOfTensor = indexOfTensor
        try checkIntact()
    }

    package var version: UInt32 { first.version }
    /// Of a split model, that of the first part: it holds everything but the tensors of the others.
    package var metadata: GGUFMetadata { first.metadata }
    /// The tensors' data start on multiples of this many bytes.
    package var alignment: Int { first.alignment }
    /// Where the tensors' data begin, bytes from the start of the (first) file.
    package var dataOffset: Int { first.dataOffset }
    /// Bytes behind the last tensor of a file, the most of all parts; a well-made file has a few of padding.
    package var bytesAfterTensors: Int { parts.map(\.bytesAfterTensors).max() ?? 0 }
    /// The number of files that the model lies in.
    package var partCount: Int { parts.count }

    /// The tensor called `name`, found in constant time.
    package func tensor(named name: String) -> TensorView? {
        indexOfTensor[name].map { tensors[$0] }
    }

    /// Whether all that was read of the file so far is what it holds.
    package var isIntact: Bool { parts.allSatisfy(\.file.isIntact) }

    /// - Throws: `cannotRead` where something was read that the file did not hold any more.
    package func checkIntact() throws(GGUFError) {
        guard isIntact else { throw .cannotRead }
    }
}

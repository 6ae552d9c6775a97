import SystemPackage

/// What the first file of a split model says of the split: llama.cpp's tools write the model's metadata into the first part,
/// tensors into all parts, and three keys that number them.
struct GGUFSplit {
    static let countKey = "split.count"
    private static let indexKey = "split.no"
    private static let tensorCountKey = "split.tensors.count"
    /// All that a part has and a whole model does not.
    static let keys = [countKey, indexKey, tensorCountKey]
    /// Far above what published models have; each part takes a mapping.
    private static let mostParts = 512

    /// From 0 on.
    let index: Int
    let count: Int
    /// Of all parts together.
    private let tensorCount: Int
    private let architecture: String?

    /// Nil where the file is not split.
    init?(_ metadata: GGUFMetadata) throws(GGUFError) {
        let count = try metadata.value(Self.countKey, default: 0)
        guard count != 0, count != 1 else { return nil }
        guard (2...Self.mostParts).contains(count) else {
            throw .valueOutOfRange(key: Self.countKey, value: "\(count)", expected: "1 to \(Self.mostParts) parts")
        }
        self.count = count
        index = try metadata.require(Self.indexKey)
        guard (0..<count).contains(index) else {
            throw .valueOutOfRange(key: Self.indexKey, value: "\(index)", expected: "a split into \(count) parts")
        }
        tensorCount = try metadata.require(Self.tensorCountKey)
        architecture = metadata.architecture
    }

    /// The same, with errors that name the file.
    init?(_ metadata: GGUFMetadata, file: FilePath) throws(GGUFError) {
        do throws(GGUFError) {
            try self.init(metadata)
        } catch {
            throw error.naming(file)
        }
    }

    /// Checks that another file is part `index` of the same split.
    func check(_ metadata: GGUFMetadata, isPart index: Int) throws(GGUFError) {
        try check(Self.countKey, of: metadata, is: count)
        try check(Self.indexKey, of: metadata, is: index)
        try check(Self.tensorCountKey, of: metadata, is: tensorCount)
        let key = "general.architecture"
        if let found = metadata.architecture, found != architecture {
            throw .contradictsFirstPart(key: key, value: found, expected: architecture ?? "nothing")
        }
    }

    private func check(_ key: String, of metadata: GGUFMetadata, is expected: Int) throws(GGUFError) {
        let found = try metadata.require(key, as: Int.self)
        guard found == expected else {
            throw .contradictsFirstPart(key: key, value: "\(found)", expected: "\(expected)")
        }
    }

    /// Checks the number of tensors that all parts have together; `file` is the first part.
    func check(tensorCount found: Int, file: FilePath) throws(GGUFError) {
        guard found == tensorCount else {
            throw GGUFError.wrongTensorCount(key: Self.tensorCountKey, expected: tensorCount, found: found).naming(file)
        }
    }

    /// The other parts, which lie beside the first and have its name but for the number.
    ///
    /// - Throws: `splitFile` where the first part's name has no number.
    func followingPaths(of first: FilePath) throws(GGUFError) -> [FilePath] {
        guard let stem = stem(of: first) else { throw .splitFile(count: count) }
        return (1..<count).map { path(of: $0, stem: stem, beside: first) }
    }

    /// - Throws: `notFirstPart`, with the path of the first part beside `path` where its name tells it.
    func checkIsFirst(_ path: FilePath) throws(GGUFError) {
        guard index != 0 else { return }
        let first = stem(of: path).map { self.path(of: 0, stem: $0, beside: path) }
        throw .notFirstPart(first?.string, index: index)
    }

    /// The part of the name before the number.
    private func stem(of path: FilePath) -> String? {
        guard let name = path.lastComponent?.string else { return nil }
        let suffix = suffix(of: index)
        return name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : nil
    }

    private func path(of index: Int, stem: String, beside path: FilePath) -> FilePath {
        path.removingLastComponent().appending(stem + suffix(of: index))
    }

    /// `-00001-of-00003.gguf` for the first of three.
    private func suffix(of index: Int) -> String {
        func digits(_ number: Int) -> String {
            let digits = "\(number)"
            return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
        }
        return "-\(digits(index + 1))-of-\(digits(count)).gguf"
    }
}

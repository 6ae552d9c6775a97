import JSON
import ModelLibrary

/// A part of a blob that is fetched on its own, and how much of it is there.
package struct BlobPart: Hashable, Sendable {
    package let number: Int
    /// Bytes from the start of the blob.
    package let offset: Int
    package let size: Int
    package var completed: Int

    var end: Int { offset + size }
    var isComplete: Bool { completed == size }
}

/// How far a download has come. Kept beside the data, a small file for each part, in the form that Ollama uses too.
package struct ResumeState: Hashable, Sendable {
    package let size: Int
    package var parts: [BlobPart]

    /// Nothing is there yet.
    /// - Parameter isWhole: fetch it in one part, for a server that does not give ranges.
    package init(size: Int, isWhole: Bool = false) {
        self.size = size
        // A size that a registry invents must not make millions of parts.
        let largest = max(1_000_000_000, size / 1024)
        let partSize = isWhole ? max(1, size) : min(max(size / 16, 100_000_000), largest)
        parts = stride(from: 0, to: size, by: partSize).enumerated().map { number, offset in
            BlobPart(number: number, offset: offset, size: min(partSize, size - offset), completed: 0)
        }
    }

    /// Takes up what the files of the parts say; nil where they do not make up a blob of this size.
    package init?(size: Int, files: [[UInt8]]) {
        let parts = files.compactMap { BlobPart(parsing: $0) }.sorted { $0.number < $1.number }
        guard parts.count == files.count, !parts.isEmpty else { return nil }
        var offset = 0
        for (number, part) in parts.enumerated() {
            guard part.number == number, part.offset == offset, part.size > 0, part.size <= size - offset,
                (0...part.size).contains(part.completed)
            else { return nil }
            offset += part.size
        }
        guard offset == size else { return nil }
        self.size = size
        self.parts = parts
    }

    package var completed: Int { parts.reduce(0) { $0 + $1.completed } }

    /// All bytes before this one are there.
    package var frontier: Int {
        for part in parts where !part.isComplete { return part.offset + part.completed }
        return size
    }
}

extension BlobPart {
    fileprivate init?(parsing bytes: [UInt8]) {
        guard let json = try? JSONParser.parse(bytes), let number = json["N"]?.intValue,
            let offset = json["Offset"]?.intValue, let size = json["Size"]?.intValue,
            let completed = json["Completed"]?.intValue
        else { return nil }
        self.init(number: number, offset: offset, size: size, completed: completed)
    }

    package var bytes: [UInt8] {
        JSONWriter(.go).bytes(of: [
            "N": .integer(number), "Offset": .integer(offset), "Size": .integer(size), "Completed": .integer(completed),
        ]) + [UInt8(ascii: "\n")]
    }
}

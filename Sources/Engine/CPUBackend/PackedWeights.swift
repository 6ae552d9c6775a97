import CKernels
import Compute
import Tensors
import Workers

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Copies of a program's matrices in the order in which `multiply_packed` reads them, in huge pages. Those of the file
/// they take the place of are given back while it is made, so that a model is not in memory twice.
final class PackedWeights {
    private let layout: PackedLayout
    private let base: UnsafeMutableRawPointer
    private var sources: [Weight: Source] = [:]

    /// Where a tensor is copied from, and to.
    private struct Source: @unchecked Sendable {
        let tensor: TensorView
        let entry: PackedLayout.Entry
        let packed: UnsafeMutableRawPointer

        /// Nil where the tensor's memory is not the system's to take back.
        var pages: (any PagedMemory)? { tensor.owner as? any PagedMemory }
    }

    /// Nil where there is nothing to pack, or no memory for it: weights can be used as they are.
    init?(_ program: Program, _ kernels: KernelTable, _ memory: BufferMemory) {
        guard let layout = PackedLayout(program, kernels), let base = memory.allocateTable(layout.byteCount) else {
            return nil
        }
        self.layout = layout
        self.base = base
    }

    /// Where the copy of `weight` is going to be, and the bytes from one of its matrices to the next; nil where there is
    /// none. `tensor` was checked to be what `weight` says.
    func place(_ weight: Weight, _ tensor: TensorView) -> (base: UnsafeRawPointer, matrixBytes: Int)? {
        guard let entry = layout.entries[weight] else { return nil }
        let packed = base + entry.offset
        sources[weight] = Source(tensor: tensor, entry: entry, packed: packed)
        return (UnsafeRawPointer(packed), entry.packedMatrixBytes)
    }

    /// Makes the copies of all weights that have a place, on the workers. Returns their bytes.
    func fill(_ pool: WorkerPool) -> Int {
        // In the order of the file, as a disk reads fastest.
        let sources = sources.values.sorted { Self.address($0) < Self.address($1) }
        let pieces = sources.flatMap(Piece.cut)
        // Other models' batches have their turns in between.
        for first in stride(from: 0, to: pieces.count, by: Piece.perTurn) {
            let turn = first..<min(pieces.count, first + Piece.perTurn)
            pool.run { worker in
                worker.share(turn.count) { task in
                    let ahead = turn.lowerBound + task + Piece.readAhead
                    if ahead < pieces.count { pieces[ahead].willRead() }
                    pieces[turn.lowerBound + task].pack()
                }
            }
            if turn.upperBound < pieces.count { usleep(100) }
        }
        // Pages beside a piece may have been mapped again with those of its neighbour.
        for source in sources { source.pages?.release(source.tensor.bytes) }
        return sources.reduce(0) { $0 + $1.entry.packedMatrixBytes * $1.entry.rows.matrixCount }
    }

    private static func address(_ source: Source) -> UInt { UInt(bitPattern: source.tensor.bytes.baseAddress) }

    /// Some rows of a matrix, a unit of work.
    private struct Piece: @unchecked Sendable {
        private let entry: PackedLayout.Entry
        private let pages: (any PagedMemory)?
        private let source: UnsafeRawBufferPointer
        private let packed: UnsafeMutableRawPointer

        /// Enough that giving pages back one by one does not show, few enough that little is in memory twice.
        private static let bytes = 1 << 21
        static let perTurn = 32
        /// Pieces that the disk is asked for ahead of those at hand.
        static let readAhead = 8

        static func cut(_ source: Source) -> [Piece] {
            let entry = source.entry
            let rows = entry.rows
            let matrixBytes = rows.matrixBytes(in: source.tensor)
            let step = max(1, bytes / rows.stride).roundedUpToBands
            var pieces: [Piece] = []
            for matrix in 0..<rows.matrixCount {
                for row in stride(from: 0, to: rows.count, by: step) {
                    let first = matrix * matrixBytes + (rows.first + row) * rows.stride
                    let count = min(step, rows.count - row) * rows.stride
                    pieces.append(
                        Piece(
                            entry: entry, pages: source.pages,
                            source: UnsafeRawBufferPointer(rebasing: source.tensor.bytes[first..<first + count]),
                            packed: source.packed + matrix * entry.packedMatrixBytes + row * rows.stride))
                }
            }
            return pieces
        }

        func willRead() { pages?.willRead(source) }

        func pack() {
            ck_pack(
                entry.format, source.count / entry.rows.stride, entry.rows.width, source.baseAddress, entry.rows.stride,
                packed)
            pages?.release(source)
        }
    }
}

/// Read-only memory whose pages the system can take back and read anew, as those of a mapped file.
///
/// An owner of tensors conforms where that is so; memory that is changed or made by ourselves must not.
package protocol PagedMemory: AnyObject, Sendable {
    /// Whether all that was read so far is what is stored. Once false, results that depend on the memory are worthless.
    var isIntact: Bool { get }
    /// Says that `bytes` will be read soon, so that they can be fetched from the disk meanwhile.
    func willRead(_ bytes: UnsafeRawBufferPointer)
    /// Gives the memory of the whole pages of `bytes` back. They have the same contents when they are read again.
    func release(_ bytes: UnsafeRawBufferPointer)
}

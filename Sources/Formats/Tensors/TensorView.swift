/// Read-only bytes of one tensor with its type and shape; keeps the memory that holds them alive.
package struct TensorView: @unchecked Sendable {
    package let name: String
    package let type: QuantizationType
    package let shape: TensorShape
    /// Valid while `owner` lives. The memory must not change after the view is made.
    package let bytes: UnsafeRawBufferPointer
    package let owner: any AnyObject & Sendable

    package init(
        name: String, type: QuantizationType, shape: TensorShape, bytes: UnsafeRawBufferPointer,
        owner: any AnyObject & Sendable
    ) {
        self.name = name
        self.type = type
        self.shape = shape
        self.bytes = bytes
        self.owner = owner
    }
}

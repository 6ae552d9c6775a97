package import JSON

/// One line of the progress of `create` and `pull`.
package struct ProgressResponse: Hashable, Sendable, WireDecodable, WireEncodable {
    package static let wireName = "ProgressResponse"

    package var status: String
    package var digest: String
    /// Bytes.
    package var total: Int
    package var completed: Int

    package init(status: String, digest: String = "", total: Int = 0, completed: Int = 0) {
        self.status = status
        self.digest = digest
        self.total = total
        self.completed = completed
    }

    package init(_ fields: WireFields) throws(WireError) {
        status = try fields.string("status") ?? ""
        digest = try fields.string("digest") ?? ""
        total = try fields.integer("total") ?? 0
        completed = try fields.integer("completed") ?? 0
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("status", status)
        object.setUnlessEmpty("digest", digest)
        object.setUnlessZero("total", total)
        object.setUnlessZero("completed", completed)
        return object.json
    }
}

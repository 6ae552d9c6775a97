package import JSON

/// The answer to `GET /health` and `GET /ready` where all is well.
package struct StatusResponse: Hashable, Sendable, WireEncodable {
    package var status: String

    package init(status: String) {
        self.status = status
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("status", status)
        return object.json
    }
}

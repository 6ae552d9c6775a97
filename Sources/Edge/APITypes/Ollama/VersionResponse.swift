package import JSON

/// Answer to `GET /api/version`.
package struct VersionResponse: Hashable, Sendable, WireDecodable, WireEncodable {
    package static let wireName = "VersionResponse"

    package var version: String

    package init(version: String) {
        self.version = version
    }

    package init(_ fields: WireFields) throws(WireError) {
        version = try fields.string("version") ?? ""
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("version", version)
        return object.json
    }
}

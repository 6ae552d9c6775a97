package import JSON

/// Body of `POST /api/copy`.
package struct CopyRequest: Hashable, Sendable, WireDecodable, WireEncodable {
    package static let wireName = "CopyRequest"

    package var source: String
    package var destination: String

    package init(source: String, destination: String) {
        self.source = source
        self.destination = destination
    }

    package init(_ fields: WireFields) throws(WireError) {
        source = try fields.string("source") ?? ""
        destination = try fields.string("destination") ?? ""
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("source", source)
        object.set("destination", destination)
        return object.json
    }
}

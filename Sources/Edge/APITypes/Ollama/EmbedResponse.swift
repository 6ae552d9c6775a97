package import JSON

/// Reply of `POST /api/embed`.
package struct EmbedResponse: Hashable, Sendable, WireDecodable, WireEncodable {
    package static let wireName = "EmbedResponse"

    package var model: String
    /// One for each input, of length 1.
    package var embeddings: [[Float]]
    package var metrics = Metrics()

    package init(model: String, embeddings: [[Float]]) {
        self.model = model
        self.embeddings = embeddings
    }

    package init(_ fields: WireFields) throws(WireError) {
        model = try fields.string("model") ?? ""
        embeddings = try (fields.array("embeddings", of: "[]float32") ?? []).map { row throws(WireError) in
            guard let numbers = row.arrayValue?.map(\.doubleValue), !numbers.contains(nil) else {
                throw .invalid("embeddings holds what is no list of numbers")
            }
            return numbers.compactMap { $0.map { Float($0) } }
        }
        metrics = try Metrics(fields)
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("model", model)
        object.set("embeddings", .array(embeddings.map(JSONValue.floats)))
        metrics.write(to: &object)
        return object.json
    }
}

extension JSONValue {
    /// A number with as many digits as tell it apart from other 32-bit floats.
    static func float(_ value: Float) -> JSONValue { .number(Double(value.description) ?? Double(value)) }

    package static func floats(_ values: [Float]) -> JSONValue { .array(values.map(float)) }
}

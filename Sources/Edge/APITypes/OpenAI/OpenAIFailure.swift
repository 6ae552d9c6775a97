package import JSON

/// Body of every failed request of the OpenAI API.
package struct OpenAIFailure: Hashable, Sendable, WireEncodable {
    package var message: String
    package var type: String
    package var code: String?

    /// - Parameter status: of the HTTP response; it decides the type.
    package init(message: String, status: Int, code: String? = nil) {
        self.message = message
        self.code = code
        type =
            switch status {
            case 400: "invalid_request_error"
            case 404: "not_found_error"
            default: "api_error"
            }
    }

    package var json: JSONValue {
        var error = WireObject()
        error.set("message", message)
        error.set("type", type)
        error.set("param", .null)
        error.set("code", code.map { .string($0) } ?? .null)
        var object = WireObject()
        object.set("error", error.json)
        return object.json
    }
}

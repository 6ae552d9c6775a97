package import JSON

/// Body of every failed request of the Anthropic API, and the last event of a stream that fails.
package struct AnthropicFailure: Hashable, Sendable, WireEncodable {
    package var message: String
    package var type: String
    package var requestID = AnthropicID.make("req")

    /// - Parameter status: of the HTTP response; it decides the type.
    package init(message: String, status: Int) {
        self.message = message
        type =
            switch status {
            case 400: "invalid_request_error"
            case 401: "authentication_error"
            case 403: "permission_error"
            case 404: "not_found_error"
            case 413: "request_too_large"
            case 429: "rate_limit_error"
            case 503, 529: "overloaded_error"
            default: "api_error"
            }
    }

    package var json: JSONValue {
        var error = WireObject()
        error.set("type", type)
        error.set("message", message)
        var object = WireObject()
        object.set("type", "error")
        object.set("error", error.json)
        object.set("request_id", requestID)
        return object.json
    }
}

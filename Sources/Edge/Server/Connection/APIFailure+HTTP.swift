import APITypes
import HTTPTypes
import NIOHTTP1

extension APIFailure {
    /// The rule of HTTP that a request's header breaks; nil where it keeps to all.
    init?(violatedBy head: HTTPRequestHead) {
        let hosts = head.headers[canonicalForm: "Host"].count
        let expectations = head.headers[canonicalForm: "Expect"]
        let encodings = head.headers[canonicalForm: "Transfer-Encoding"]
        if hosts > 1 {
            self.init(.badRequest, "too many Host headers: send one")
        } else if hosts == 0, head.version.minor > 0 {
            self.init(.badRequest, "missing required Host header")
        } else if let other = expectations.first(where: { $0.lowercased() != "100-continue" }) {
            self.init(
                .expectationFailed,
                "cannot do what \(goQuoted("Expect: \(other)")) asks for; send the request without it")
        } else if let other = encodings.first(where: { $0.lowercased() != "chunked" }) {
            self.init(
                .notImplemented, "a body in Transfer-Encoding \(goQuoted(String(other))) is not read; send chunks")
        } else {
            return nil
        }
    }

    /// What is wrong with bytes that are no HTTP.
    init(_ error: HTTPParserError) {
        switch error {
        case .headerOverflow:
            self.init(.requestHeaderFieldsTooLarge, "the request's header is too large")
        case .invalidVersion:
            self.init(.httpVersionNotSupported, "this version of HTTP is not spoken here; use HTTP/1.1")
        case .invalidMethod: self.init(.badRequest, "the request does not begin with a method of HTTP")
        case .invalidURL, .invalidHost, .invalidPort, .invalidPath, .invalidQueryString, .invalidFragment:
            self.init(.badRequest, "the request's target is no path")
        case .invalidHeaderToken:
            self.init(.badRequest, "the request has a header or trailer field that cannot be read")
        case .invalidContentLength, .unexpectedContentLength:
            self.init(.badRequest, "the request's Content-Length is no length, or not the only one")
        case .invalidChunkSize: self.init(.badRequest, "a chunk of the request's body has no valid size")
        case .invalidEOFState, .closedConnection: self.init(.badRequest, "the request ended before it was complete")
        default:
            self.init(
                .badRequest,
                "the request is not valid HTTP; check its first line, its Content-Length and its Transfer-Encoding")
        }
    }
}

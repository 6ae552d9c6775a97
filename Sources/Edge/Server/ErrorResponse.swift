import APITypes
import Generation
package import HTTPTypes
import Hummingbird
import JSON
import ModelLibrary

/// A request that failed, with the status and the words that the client gets.
package struct APIFailure: Error, Hashable, Sendable {
    package var status: HTTPResponse.Status
    package var message: String
    /// What programs tell the failure by, where OpenAI's API has a word for it.
    package var code: String?
    package var retry: RetryAdvice?

    /// - Parameter message: held to a length that is read, whatever a request has put into it.
    package init(_ status: HTTPResponse.Status, _ message: String, code: String? = nil, retry: RetryAdvice? = nil) {
        self.status = status
        self.message = message.excerpt(4000)
        self.code = code
        self.retry = retry
    }

    /// - Parameter model: the name as the caller wrote it.
    package init(_ error: any Error, model: String) {
        switch error {
        case let failure as APIFailure: self = failure
        case let error as GenerationError: self.init(generation: error, model: model)
        case let error as ModelLibraryError: self.init(library: error, model: model)
        case let error as WireError: self.init(.badRequest, error.description)
        case is CancellationError: self.init(.clientClosedRequest, FailureText.cancelled)
        default: self.init(.internalServerError, String(describing: error))
        }
    }

    private init(generation error: GenerationError, model: String) {
        switch error {
        case .modelNotFound:
            self.init(.notFound, FailureText.modelNotFound(model))
        case .modelUnusable(_, let reason):
            self.init(.internalServerError, FailureText.modelUnusable(model, reason))
        case .unsupportedCapability(let name, let capability):
            // The original names the model in full where its template lacks something.
            let full = ["tools", "insert"].contains(capability) ? (try? ModelName(name))?.full : nil
            self.init(.badRequest, FailureText.unsupported(full ?? goQuoted(model), capability))
        case .promptTooLong:
            self.init(.badRequest, FailureText.promptTooLong, code: "context_length_exceeded")
        case .inputTooLong, .notFinite:
            self.init(.badRequest, error.description)
        case .promptFailed(let reason), .formUnusable(let reason):
            self.init(.badRequest, reason)
        case .templateUnusable(let reason):
            self.init(.internalServerError, reason)
        case .draftUnusable:
            self.init(.badRequest, error.description)
        case .imagesUnsupported:
            self.init(.badRequest, FailureText.imagesUnsupported(model))
        case .overloaded:
            self.init(.serviceUnavailable, FailureText.overloaded, retry: .after(5))
        case .outOfMemory(_, let reason):
            self.init(.internalServerError, FailureText.outOfMemory(reason))
        case .shuttingDown:
            self.init(.serviceUnavailable, FailureText.shuttingDown, retry: .after(10))
        case .engineFailed(let reason):
            self.init(.internalServerError, FailureText.engineFailed(reason))
        }
    }

    private init(library error: ModelLibraryError, model: String) {
        switch error {
        case .invalidName: self.init(.badRequest, FailureText.invalidModelName)
        case .modelNotFound: self.init(.notFound, FailureText.modelNotFound(model))
        case .invalidHost, .invalidDigest, .digestMismatch, .creation, .invalidParameter, .modelfile:
            self.init(.badRequest, error.description)
        case .missingBlob: self.init(.notFound, error.description)
        default: self.init(.internalServerError, error.description)
        }
    }

    /// Runs `work`, whose errors become failures.
    static func mapping<Result: Sendable>(
        model: String, _ work: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await work()
        } catch {
            throw APIFailure(error, model: model)
        }
    }
}

/// Words that clients match on.
package enum FailureText {
    package static let missingBody = "missing request body"
    package static let modelRequired = "model is required"
    package static let invalidModelName = "invalid model name"
    package static let cancelled = "request canceled"
    package static let overloaded = "server busy, please try again.  maximum pending requests exceeded"
    package static let shuttingDown = "the server is shutting down; try again when it is back"
    package static let rawExcludes = "raw mode does not support template, system, or context"
    package static let topLogprobsRange = "top_logprobs must be between 0 and 20"
    package static let promptTooLong =
        "the prompt is longer than the context length currently available to the model; shorten the prompt, adjust the "
        + "context length in settings, or use a model with a longer context length"
    package static let severalForms =
        "an answer has one form: send a format (or response_format), a grammar or a regex, and leave the others out"

    package static func foreignHost(_ host: String) -> String {
        "the Host header names \(goQuoted(host)), which is no name of this machine, and the server listens on this "
            + "machine alone; let the proxy send \"Host: localhost\", or set OLLAMA_HOST=0.0.0.0 to serve the network "
            + "under any name"
    }
    package static func foreignOrigin(_ origin: String) -> String {
        "pages of the origin \(goQuoted(origin)) may not use this server; add it to OLLAMA_ORIGINS and start the server "
            + "anew"
    }
    package static func modelNotFound(_ name: String) -> String { "model '\(name)' not found" }
    package static func embeddingModelNotFound(_ name: String) -> String {
        "model \(goQuoted(name)) not found, try pulling it first"
    }
    package static func imagesUnsupported(_ name: String) -> String {
        "\"\(name)\" does not support images; send text only"
    }
    package static func modelUnusable(_ name: String, _ reason: String) -> String {
        "unable to load model '\(name)': \(reason)"
    }
    package static func unsupported(_ name: String, _ capability: String) -> String {
        "\(name) does not support \(capability)"
    }
    package static func outOfMemory(_ reason: String) -> String {
        "model requires more system memory than is available: \(reason)"
    }
    package static func engineFailed(_ reason: String) -> String {
        "an error was encountered while running the model: \(reason)"
    }
}

extension HTTPResponse.Status {
    /// nginx's number for a client that left; nobody sees it but the log.
    static let clientClosedRequest = HTTPResponse.Status(code: 499, reasonPhrase: "Client Closed Request")
}

/// Who reads an error's body.
package enum APIFamily: Sendable {
    case ollama, openAI, anthropic

    init(path: String) {
        self =
            switch path {
            case _ where path == "/v1/messages" || path.hasPrefix("/v1/messages/"): .anthropic
            case _ where path.hasPrefix("/v1/"): .openAI
            default: .ollama
            }
    }

    func body(_ failure: APIFailure) -> any WireEncodable {
        switch self {
        case .ollama: FailureResponse(error: failure.message)
        case .openAI: OpenAIFailure(message: failure.message, status: failure.status.code, code: failure.code)
        case .anthropic: AnthropicFailure(message: failure.message, status: failure.status.code)
        }
    }

    func response(_ failure: APIFailure) -> Response {
        var response = Response.json(body(failure), status: failure.status)
        failure.retry?.write(to: &response.headers)
        return response
    }
}

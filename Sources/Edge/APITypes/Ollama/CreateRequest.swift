package import JSON
import OrderedCollections

/// Body of `POST /api/create`.
package struct CreateRequest: Hashable, Sendable, WireDecodable, WireEncodable {
    package static let wireName = "CreateRequest"

    package var model: String
    /// The model to build on.
    package var from = ""
    /// Uploaded blobs: relative path and digest.
    package var files: [CreateFile] = []
    package var adapters: [CreateFile] = []
    /// The weights of a model that guesses ahead.
    package var draftFiles: [CreateFile] = []
    /// The same by the name of a model of the store. Not of the original.
    package var draft = ""
    package var template = ""
    package var system = ""
    package var renderer = ""
    package var parser = ""
    package var requires = ""
    package var license: [String] = []
    package var parameters: JSONObject = [:]
    package var messages: [ChatMessage] = []
    package var quantize = ""
    package var stream: Bool?
    /// Fields of the original that are not carried out; the server refuses a request that sets them.
    package var unsupported: [String] = []

    package init(model: String) {
        self.model = model
    }

    package init(_ fields: WireFields) throws(WireError) {
        model = try fields.modelName()
        from = try fields.string("from") ?? ""
        files = try fields.files("files")
        adapters = try fields.files("adapters")
        draftFiles = try fields.files("draft_files")
        draft = try fields.string("draft") ?? ""
        template = try fields.string("template") ?? ""
        system = try fields.string("system") ?? ""
        renderer = try fields.string("renderer") ?? ""
        parser = try fields.string("parser") ?? ""
        requires = try fields.string("requires") ?? ""
        license = try fields.oneOrMany("license")
        parameters = try fields.object("parameters") ?? [:]
        messages = try fields.list("messages", of: ChatMessage.self) ?? []
        let quantize = try fields.string("quantize") ?? ""
        self.quantize = quantize.isEmpty ? try fields.string("quantization") ?? "" : quantize
        stream = try fields.bool("stream")
        unsupported = ["draft_quantize", "remote_host", "info"].filter(fields.isSet)
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("model", model)
        object.setIfPresent("stream", stream)
        object.setUnlessEmpty("quantize", quantize)
        object.setUnlessEmpty("from", from)
        object.setFiles("files", files)
        object.setFiles("adapters", adapters)
        object.setFiles("draft_files", draftFiles)
        object.setUnlessEmpty("draft", draft)
        object.setUnlessEmpty("template", template)
        object.setUnlessEmpty("license", license)
        object.setUnlessEmpty("system", system)
        object.setUnlessEmpty("parameters", parameters)
        object.setUnlessEmpty("messages", messages)
        object.setUnlessEmpty("renderer", renderer)
        object.setUnlessEmpty("parser", parser)
        object.setUnlessEmpty("requires", requires)
        return object.json
    }
}

/// An uploaded file that a model is made of.
package struct CreateFile: Hashable, Sendable {
    package var path: String
    /// `sha256:` and 64 hexadecimal digits.
    package var digest: String

    package init(path: String, digest: String) {
        self.path = path
        self.digest = digest
    }
}

extension WireFields {
    fileprivate func files(_ key: String) throws(WireError) -> [CreateFile] {
        try (stringMap(key) ?? []).map { CreateFile(path: $0.0, digest: $0.1) }
    }

    /// A text or a list of texts.
    fileprivate func oneOrMany(_ key: String) throws(WireError) -> [String] {
        if case .string(let text)? = value(key) { return text.isEmpty ? [] : [text] }
        return try strings(key) ?? []
    }
}

extension WireObject {
    fileprivate mutating func setFiles(_ key: String, _ files: [CreateFile]) {
        var object: JSONObject = [:]
        for file in files { object[file.path] = .string(file.digest) }
        setUnlessEmpty(key, object)
    }
}

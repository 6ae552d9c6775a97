import JSON
import OrderedCollections

/// What a model says about itself, in the blob that its manifest names `config`.
package struct ModelConfiguration: Hashable, Sendable {
    /// `gguf` or `safetensors`; empty means `gguf`.
    package var format = ""
    /// The architecture.
    package var family = ""
    package var families: [String] = []
    /// The number of parameters as text, such as `1.2B`.
    package var parameterSize = ""
    /// The quantization as text, such as `Q4_K_M`.
    package var quantization = ""
    package var renderer = ""
    package var parser = ""
    /// The least version of Ollama, such as `0.14.0`.
    package var requires = ""
    /// For a model that runs elsewhere: where, and under which name.
    package var remoteHost = ""
    package var remoteModel = ""
    /// Added to those that are found in the model.
    package var capabilities: [String] = []
    package var contextLength: Int?
    package var embeddingLength: Int?
    package var baseName = ""
    /// Of the draft layer, where there is one.
    package var draft: DraftDescription?

    /// Bytes of JSON; that of a model has some hundred.
    package static let sizeLimit = 1 << 20

    package init() {}

    package init(parsing bytes: [UInt8]) throws(ModelLibraryError) {
        let root: JSONValue
        do throws(JSONError) {
            root = try JSONParser.parse(bytes, options: .init(maximumDepth: 64))
        } catch {
            throw .damagedConfiguration("\(error)")
        }
        guard root.objectValue != nil else { throw .damagedConfiguration("it is no JSON object") }
        let members = Members(root: root)
        format = try members.text("model_format")
        family = try members.text("model_family")
        families = try members.texts("model_families")
        parameterSize = try members.text("model_type")
        quantization = try members.text("file_type")
        renderer = try members.text("renderer")
        parser = try members.text("parser")
        requires = try members.text("requires")
        remoteHost = try members.text("remote_host")
        remoteModel = try members.text("remote_model")
        capabilities = try members.texts("capabilities")
        contextLength = try members.count("context_length")
        embeddingLength = try members.count("embedding_length")
        baseName = try members.text("base_name")
        if let json = root["draft"], !json.isNull {
            let members = Members(root: json)
            draft = DraftDescription(
                format: try members.text("model_format"), architecture: try members.text("architecture"))
        }
    }

    /// Compact JSON, the keys in Ollama's order.
    package var bytes: [UInt8] {
        var object: JSONObject = [
            "model_format": .string(format), "model_family": .string(family),
            "model_families": families.isEmpty ? .null : .array(families.map { .string($0) }),
            "model_type": .string(parameterSize), "file_type": .string(quantization), "renderer": .string(renderer),
            "parser": .string(parser),
        ]
        for (key, text) in [("requires", requires), ("remote_host", remoteHost), ("remote_model", remoteModel)]
        where !text.isEmpty {
            object[key] = .string(text)
        }
        if !capabilities.isEmpty { object["capabilities"] = .array(capabilities.map { .string($0) }) }
        if let contextLength { object["context_length"] = .integer(contextLength) }
        if let embeddingLength { object["embedding_length"] = .integer(embeddingLength) }
        if !baseName.isEmpty { object["base_name"] = .string(baseName) }
        if let draft {
            object["draft"] = ["model_format": .string(draft.format), "architecture": .string(draft.architecture)]
        }
        object["architecture"] = "amd64"
        object["os"] = "linux"
        return JSONWriter(.go).bytes(of: .object(object))
    }
}

/// What a configuration says of a model's draft.
package struct DraftDescription: Hashable, Sendable {
    package var format: String
    package var architecture: String

    package init(format: String, architecture: String) {
        self.format = format
        self.architecture = architecture
    }
}

/// The members of a configuration; an absent or null one is empty, one of another type is an error.
private struct Members {
    let root: JSONValue

    func text(_ key: String) throws(ModelLibraryError) -> String {
        guard let value = root[key], !value.isNull else { return "" }
        guard let text = value.stringValue else { throw .damagedConfiguration("\(key) is not a text") }
        return text
    }

    func texts(_ key: String) throws(ModelLibraryError) -> [String] {
        guard let value = root[key], !value.isNull else { return [] }
        guard let values = value.arrayValue else { throw .damagedConfiguration("\(key) is not a list") }
        let texts = values.compactMap(\.stringValue)
        guard texts.count == values.count else { throw .damagedConfiguration("\(key) is not a list of texts") }
        return texts
    }

    func count(_ key: String) throws(ModelLibraryError) -> Int? {
        guard let value = root[key], !value.isNull else { return nil }
        guard let count = value.intValue, count >= 0 else { throw .damagedConfiguration("\(key) is not a count") }
        return count
    }
}

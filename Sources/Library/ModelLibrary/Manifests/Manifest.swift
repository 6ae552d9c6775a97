import JSON
import OrderedCollections

/// A part of a model: what it is, and the blob that holds it.
package struct Layer: Hashable, Sendable {
    package var mediaType: MediaType
    package var digest: Digest
    /// Bytes.
    package var size: Int
    /// The path or the model that the layer was made from.
    package var from: String?
    /// The tensor or file of a layer of a model in the safetensors format.
    package var name: String?

    package init(mediaType: MediaType, digest: Digest, size: Int, from: String? = nil, name: String? = nil) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.from = from
        self.name = name
    }
}

/// The list of a model's layers.
package struct Manifest: Hashable, Sendable {
    package var configuration: Layer
    package var layers: [Layer]

    /// Bytes of JSON; a model in the safetensors format lists thousands of tensors in a fraction of this.
    package static let sizeLimit = 4 << 20

    package init(configuration: Layer, layers: [Layer]) {
        self.configuration = configuration
        self.layers = layers
    }

    package init(parsing bytes: [UInt8]) throws(ModelLibraryError) {
        guard bytes.count <= Self.sizeLimit else { throw .damagedManifest("it is larger than \(Self.sizeLimit) bytes") }
        let root: JSONValue
        do throws(JSONError) {
            root = try JSONParser.parse(bytes, options: .init(maximumDepth: 32))
        } catch {
            throw .damagedManifest("\(error)")
        }
        guard root.objectValue != nil else { throw .damagedManifest("it is no JSON object") }
        guard root["schemaVersion"]?.intValue == 2 else { throw .damagedManifest("its schema version is not 2") }
        guard let configuration = root["config"] else { throw .damagedManifest("it names no configuration") }
        self.configuration = try Layer(configuration)
        layers = []
        for layer in root["layers"]?.arrayValue ?? [] { layers.append(try Layer(layer)) }
        guard totalSize(of: allLayers) != nil else { throw .damagedManifest("its sizes are too large") }
    }

    /// Compact JSON and a line feed, as Ollama writes it.
    package var bytes: [UInt8] {
        JSONWriter(.go).bytes(of: [
            "schemaVersion": 2, "mediaType": .string(MediaType.manifest.text), "config": configuration.json,
            "layers": .array(layers.map(\.json)),
        ]) + [UInt8(ascii: "\n")]
    }

    /// The layers in order, the configuration last.
    package var allLayers: [Layer] { layers + [configuration] }

    /// Bytes of all layers and of the configuration.
    package var size: Int { totalSize(of: allLayers) ?? .max }

    package func layers(of type: MediaType) -> [Layer] { layers.filter { $0.mediaType == type } }

    /// - Throws: `damagedManifest` where there is nothing that could answer.
    package func requireWeights(with configuration: ModelConfiguration) throws(ModelLibraryError) {
        let isElsewhere = !configuration.remoteHost.isEmpty || configuration.format == "safetensors"
        guard isElsewhere || !layers(of: .model).isEmpty else { throw .damagedManifest("it names no weights") }
    }

    private func totalSize(of layers: [Layer]) -> Int? {
        var total = 0
        for layer in layers {
            let (sum, overflow) = total.addingReportingOverflow(layer.size)
            if overflow { return nil }
            total = sum
        }
        return total
    }
}

extension Layer {
    fileprivate init(_ json: JSONValue) throws(ModelLibraryError) {
        guard json.objectValue != nil, let mediaType = json["mediaType"]?.stringValue else {
            throw .damagedManifest("a layer has no media type")
        }
        guard let text = json["digest"]?.stringValue, let digest = try? Digest(text) else {
            throw .damagedManifest("a layer has no valid digest")
        }
        guard case .integer(let size)? = json["size"], size >= 0 else {
            throw .damagedManifest("the layer \(digest) has no valid size")
        }
        self.init(
            mediaType: MediaType(mediaType), digest: digest, size: size, from: json["from"]?.stringValue,
            name: json["name"]?.stringValue)
    }

    fileprivate var json: JSONValue {
        var object: JSONObject = [
            "mediaType": .string(mediaType.text), "digest": .string(digest.description), "size": .integer(size),
        ]
        if let from, !from.isEmpty { object["from"] = .string(from) }
        if let name, !name.isEmpty { object["name"] = .string(name) }
        return .object(object)
    }
}

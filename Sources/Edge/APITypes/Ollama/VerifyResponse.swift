package import JSON

/// One line of the answer to `POST /api/verify`: how far a blob is read, or what was found of a model.
package struct VerifyResponse: Hashable, Sendable, WireDecodable, WireEncodable {
    package static let wireName = "VerifyResponse"

    /// The model that is done; empty in a line of progress.
    package var model = ""
    /// `ok` or `damaged`, or what is being read.
    package var status: String
    /// Of the blob that is being read.
    package var digest = ""
    /// Bytes.
    package var total = 0
    package var completed = 0
    package var damage: [ModelDamage] = []

    package init(progress: ProgressResponse) {
        status = progress.status
        digest = progress.digest
        total = progress.total
        completed = progress.completed
    }

    package init(model: String, damage: [ModelDamage]) {
        self.model = model
        self.damage = damage
        status = damage.isEmpty ? "ok" : "damaged"
    }

    package init(_ fields: WireFields) throws(WireError) {
        model = try fields.string("model") ?? ""
        status = try fields.string("status") ?? ""
        digest = try fields.string("digest") ?? ""
        total = try fields.integer("total") ?? 0
        completed = try fields.integer("completed") ?? 0
        damage = try fields.list("damage", of: ModelDamage.self) ?? []
    }

    package var json: JSONValue {
        var object = WireObject()
        object.setUnlessEmpty("model", model)
        object.set("status", status)
        object.setUnlessEmpty("digest", digest)
        object.setUnlessZero("total", total)
        object.setUnlessZero("completed", completed)
        object.setUnlessEmpty("damage", damage)
        return object.json
    }
}

/// A part of a model that is not what it was.
package struct ModelDamage: Hashable, Sendable, WireDecodable, WireEncodable {
    package static let wireName = "ModelDamage"

    /// `model`, `template`, `config`, `manifest`, …
    package var part: String
    /// Empty for the manifest.
    package var digest: String
    package var reason: String

    package init(part: String, digest: String, reason: String) {
        self.part = part
        self.digest = digest
        self.reason = reason
    }

    package init(_ fields: WireFields) throws(WireError) {
        part = try fields.string("part") ?? ""
        digest = try fields.string("digest") ?? ""
        reason = try fields.string("reason") ?? ""
    }

    package var json: JSONValue {
        var object = WireObject()
        object.set("part", part)
        object.setUnlessEmpty("digest", digest)
        object.set("reason", reason)
        return object.json
    }
}

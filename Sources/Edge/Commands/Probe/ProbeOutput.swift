import ArgumentParser
import JSON
import OrderedCollections
import Tensors
import Terminal

/// How a tool prints its result.
struct ProbeOutput: ParsableArguments {
    @Flag(help: "Print one JSON object on the last line.")
    var json = false

    func print(_ object: JSONObject, text: () -> String) {
        let line = json ? JSONWriter(.compact).text(of: .object(object)) : text()
        Terminal.standard.writeLine(line)
    }
}

/// Token ids on the command line.
struct TokenList: ExpressibleByArgument {
    let tokens: [TokenID]

    init?(argument: String) {
        var tokens: [TokenID] = []
        for field in argument.split(separator: ",") {
            guard let token = TokenID(field.trimmingWhitespace()), token >= 0 else { return nil }
            tokens.append(token)
        }
        guard !tokens.isEmpty else { return nil }
        self.tokens = tokens
    }

    /// - Throws: where a token is outside of a vocabulary of `size`.
    func checked(vocabularySize size: Int) throws -> [TokenID] {
        if let outside = tokens.first(where: { $0 >= size }) {
            throw CommandError("token \(outside) is outside of the model's vocabulary of \(size)")
        }
        return tokens
    }
}

extension [TokenID] {
    var json: JSONValue { .array(map { .integer(Int($0)) }) }
    var text: String { map { String($0) }.joined(separator: ",") }
}

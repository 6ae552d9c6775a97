extension OptionCatalog {
    /// The page of options, `Docs/options.md`.
    package var document: String {
        """
        # Options

        What a request may ask for in `options` of `/api/generate` and `/api/chat`, a Modelfile in `PARAMETER` lines, and a
        conversation with `/set parameter`. The request's value holds before the model's, the model's before the default.
        A number beyond its range counts as the range's end, and what is empty as not given. Written from
        `Sources/Library/Options/OptionCatalog.swift`; a test holds this page to it.

        Tokens are chosen in this order: `logit_bias`, penalties, DRY, `top_n_sigma`, `top_k`, `typical_p`, `top_p`, `min_p`,
        XTC, `temperature`. With `mirostat`, `temperature` and then Mirostat stand in the place of all that follow DRY.

        "Where from" says whose name and meaning an option has, "when" whether another value loads the model anew.

        | option | value | default | range | where from | when | what it does |
        |---|---|---|---|---|---|---|

        """ + all.map { $0.row + "\n" }.joined()
    }
}

extension ModelOption {
    fileprivate var row: String {
        let cells = [
            "`\(name)`", kind.title, standard.title, range?.text ?? "", origin.title, use.title,
            help.replacing("|", with: "\\|"),
        ]
        return "| " + cells.joined(separator: " | ") + " |"
    }
}

extension ModelOption.Standard {
    /// As users read it.
    package var text: String {
        switch self {
        case .value(.texts(let texts)): texts.map { $0.debugDescription }.joined(separator: " ")
        case .value(let value): value.text
        case .decided(let who): who
        }
    }

    fileprivate var title: String {
        switch self {
        case .value(.texts(let texts)): texts.map { "`\($0.debugDescription)`" }.joined(separator: " ")
        case .value, .decided: text
        }
    }
}

extension OptionValue {
    fileprivate var text: String {
        switch self {
        case .integer(let value): "\(value)"
        case .number(let value): value == value.rounded() ? "\(Int(value))" : "\(value)"
        case .flag(let value): "\(value)"
        case .text(let value): value
        case .texts(let values): values.joined(separator: " ")
        case .biases(let value): "\(value.count) tokens"
        }
    }
}

extension ModelOption.Range {
    fileprivate var text: String {
        if case .integer(.max) = largest { return "from \(least.text)" }
        return "\(least.text) to \(largest.text)"
    }
}

extension ModelOption.Kind {
    fileprivate var title: String {
        switch self {
        case .integer: "whole number"
        case .number: "number"
        case .flag: "true or false"
        case .text: "text"
        case .texts: "texts"
        case .biases: "numbers by token"
        }
    }
}

extension ModelOption.Origin {
    fileprivate var title: String {
        switch self {
        case .ollama: "Ollama"
        case .llamaCpp: "llama.cpp"
        case .apus: "Apus"
        }
    }
}

extension ModelOption.Use {
    fileprivate var title: String {
        switch self {
        case .sampling, .request: "each request"
        case .loading: "loading"
        case .nothing: "never"
        }
    }
}

import Options

/// The texts of `/?`.
enum PromptHelp {
    static let commands = """
        Available Commands:
          /set            Set session variables
          /show           Show model information
          /list           List models
          /load <model>   Load another model
          /save <model>   Save the current session as a model
          /clear          Clear session context
          /bye            Exit
          /?, /help       Help for a command
          /? shortcuts    Help for keyboard shortcuts

        Use \"\"\" to begin a multi-line message.

        """

    static let set = """
        Available Commands:
          /set parameter ...     Set a parameter
          /set system <string>   Set system message
          /set history           Enable history
          /set nohistory         Disable history
          /set wordwrap          Enable wordwrap
          /set nowordwrap        Disable wordwrap
          /set format json       Enable JSON mode
          /set noformat          Disable formatting
          /set verbose           Show generation statistics
          /set quiet             Disable generation statistics
          /set think [level]     Let the model think
          /set nothink           Do not let the model think

        """

    static let show = """
        Available Commands:
          /show info         Show details for this model
          /show license      Show model license
          /show modelfile    Show Modelfile for this model
          /show parameters   Show parameters for this model
          /show system       Show system message
          /show template     Show prompt template

        """

    static let parameters: String = {
        let options = OptionCatalog.shared.all.filter { $0.use != .nothing }
        let names = options.map { "  /set parameter \($0.name) \($0.kind.placeholder)" }
        let width = names.map(\.utf8.count).max() ?? 0
        let lines = zip(names, options).map { name, option in
            name + String(repeating: " ", count: width - name.utf8.count + 2) + option.help + option.standardHint
        }
        return (["Available Parameters:"] + lines).joined(separator: "\n") + "\n"
    }()

    static let shortcuts = """
        Available keyboard shortcuts:
          Ctrl + a/e          Move to the beginning/end of the line
          Ctrl + b/f, arrows  Move by a character
          Alt + b/f           Move by a word
          Ctrl + k/u          Delete after/before the cursor
          Ctrl + w            Delete the word before the cursor
          Ctrl + j            Add a line
          Ctrl + p/n          Previous/next message
          Ctrl + l            Clear the screen
          Ctrl + g            Open an editor
          Ctrl + c            Stop the model from responding
          Ctrl + d            Exit (/bye)

        """

    static func text(for topic: String?) -> String {
        switch topic {
        case "set", "/set": set
        case "show", "/show": show
        case "shortcuts": shortcuts
        default: commands
        }
    }
}

extension ModelOption {
    fileprivate var standardHint: String { " (default \(standard.text))" }
}

extension ModelOption.Kind {
    fileprivate var placeholder: String {
        switch self {
        case .integer: "<int>"
        case .number: "<float>"
        case .flag: "<bool>"
        case .text: "<string>"
        case .texts: "<string> ..."
        case .biases: "<json>"
        }
    }
}

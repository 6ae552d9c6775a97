import Commands
import Testing

@Suite("Lines for Apus at the prompt")
struct SlashCommandTests {
    @Test(
        "a line is read as what it asks",
        arguments: [
            ("/bye", .bye), ("/exit", .bye), ("/clear", .clear), ("/?", .help(nil)), ("/help set", .help("set")),
            ("/list sm", .list("sm")), ("/load a:b", .load("a:b")), ("/save mine", .save("mine")), ("/show", .showHelp),
            ("/show info", .show(.info)), ("/show nonsense", .showHelp), ("/set", .setHelp),
            ("/set parameter temperature 0.5", .set(.parameter(name: "temperature", values: ["0.5"]))),
            ("/set parameter stop a b", .set(.parameter(name: "stop", values: ["a", "b"]))),
            ("/set parameter seed", .set(.parameterHelp)), ("/set system Be  brief.", .set(.system("Be  brief."))),
            ("/set system \"\"\"One\ntwo\"\"\"", .set(.system("One\ntwo"))), ("/set verbose", .set(.verbose(true))),
            ("/set nowordwrap", .set(.wordWrap(false))), ("/set think high", .set(.think("high"))),
            ("/frobnicate now", .unknown("/frobnicate")),
        ] as [(String, SlashCommand)])
    func reads(line: String, command: SlashCommand) {
        #expect(SlashCommand(line) == command)
    }

    @Test("every name that is suggested is known", arguments: SlashCommand.names)
    func known(name: String) {
        if case .unknown = SlashCommand(name) { Issue.record("\(name) is not known") }
    }

    @Test("other lines are messages for the model", arguments: ["hello", "what is /bye?", ""])
    func messages(line: String) {
        #expect(SlashCommand(line) == nil)
    }

    @Test("a command without its argument says how it is used")
    func usage() {
        guard case .usage(let text) = SlashCommand("/load") else {
            Issue.record("not a usage text")
            return
        }
        #expect(text.contains("/load <modelname>"))
    }
}

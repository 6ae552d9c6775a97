import Commands
import Testing

@Suite("Names of commands")
struct CommandNamesTests {
    @Test(
        "an unknown command is told with the one that was probably meant",
        arguments: [
            (["lst"], #"unknown command "lst" for "apus"; did you mean "list"?"#),
            (["shwo", "m"], #"unknown command "shwo" for "apus"; did you mean "show"?"#),
            (["frobnicate"], #"unknown command "frobnicate" for "apus""#), ([""], #"unknown command "" for "apus""#),
            (["probe", "tokenise", "m"], #"unknown command "tokenise" for "apus probe"; did you mean "tokenize"?"#),
        ])
    func unknown(arguments: [String], message: String) {
        let error = #expect(throws: CommandError.self) { try CommandNames.check(arguments) }
        #expect(error?.description == message)
    }

    @Test(
        "known ones pass, by each of their names",
        arguments: [
            [], ["list"], ["ls", "x"], ["start"], ["serve"], ["verify"], ["--version"], ["help", "x"], ["probe"],
            ["probe", "tokenize", "x"], ["run", "lst"],
        ])
    func known(arguments: [String]) throws {
        try CommandNames.check(arguments)
    }
}

import ModelLibrary
import Testing

@Suite("Did you mean")
struct NearestNameTests {
    private static let commands = [
        "serve", "start", "run", "pull", "create", "show", "list", "ls", "ps", "stop", "cp", "rm",
    ]

    @Test(
        "a word near a name is told with it",
        arguments: [
            ("lst", "list"), ("lsit", "list"), ("Show", "show"), ("shwo", "show"), ("creat", "create"),
            ("srve", "serve"),
            ("pul", "pull"), ("stopp", "stop"), ("rmm", "rm"),
        ])
    func near(word: String, name: String) {
        #expect(NearestName.of(word, among: Self.commands) == name)
    }

    @Test("a word near none is told without", arguments: ["", "x", "frobnicate", "list", "tarts up"])
    func far(word: String) {
        #expect(NearestName.of(word, among: Self.commands) == nil)
        #expect(NearestName.hint(for: word, among: Self.commands).isEmpty)
    }

    @Test("the beginning of a name, and the nearest of several")
    func models() {
        let names = ["smollm2:latest", "qwen2.5:0.5b", "qwen2.5:7b"]
        #expect(NearestName.of("smol", among: names) == "smollm2:latest")
        #expect(NearestName.hint(forModel: "smol", among: names) == #"; did you mean "smollm2"?"#)
        #expect(NearestName.hint(forModel: "smolm2:latest", among: names) == #"; did you mean "smollm2:latest"?"#)
        #expect(NearestName.of("qwen2.5:8b", among: names) == "qwen2.5:7b")
        #expect(NearestName.hint(forModel: "smolm2", among: names) == #"; did you mean "smollm2"?"#)
        #expect(NearestName.of(String(repeating: "m", count: 100_000), among: names) == nil)
    }
}

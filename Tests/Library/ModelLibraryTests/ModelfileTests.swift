import JSON
import ModelLibrary
import OrderedCollections
import TestSupport
import Testing

@Suite("Modelfiles")
struct ModelfileTests {
    @Test("every instruction is read, in any case, with its kind of value")
    func instructions() throws {
        let modelfile = try ModelfileParser.parse(
            """
            # A comment
              # another, indented
            FROM ./model.gguf
            from other.gguf # not a comment
            PARAMETER temperature 0.7
            parameter stop <|im_end|>
            PARAMETER stop "User: "
            Template \"""{{ .System }}

            {{ .Prompt }}\"""
            SYSTEM "You are
            brief."
            ADAPTER lora.gguf
            DRAFT draft.gguf
            LICENSE MIT
            LICENSE \"""
            Two
            \"""
            MESSAGE user Hello
            MESSAGE assistant \"""Hi "you\"""
            RENDERER qwen3
            PARSER qwen3
            REQUIRES v0.14.0
            """)
        #expect(
            modelfile.instructions == [
                .from("./model.gguf"), .from("other.gguf # not a comment"),
                .parameter(name: "temperature", value: "0.7"), .parameter(name: "stop", value: "<|im_end|>"),
                .parameter(name: "stop", value: "User: "), .template("{{ .System }}\n\n{{ .Prompt }}"),
                .system("You are\nbrief."), .adapter("lora.gguf"), .draft("draft.gguf"), .license("MIT"),
                .license("\nTwo\n"), .message(.init(role: "user", content: "Hello")),
                .message(.init(role: "assistant", content: "Hi \"you")), .renderer("qwen3"), .parser("qwen3"),
                .requires("v0.14.0"),
            ])
        let (values, warnings) = try modelfile.parameters()
        #expect(values == ["temperature": 0.7, "stop": ["<|im_end|>", "User: "]])
        #expect(warnings.isEmpty)
    }

    @Test(
        "values end where they should",
        arguments: [
            ("FROM m\rSYSTEM a\r", "a"), ("FROM m\r\nSYSTEM a\r\n", "a"), ("FROM m\nSYSTEM \t a b \t", "a b"),
            ("FROM m\nSYSTEM \"\"\nLICENSE x", ""), ("FROM m\nSYSTEM \"\"\"\"\"\"\n", ""),
            ("FROM m\nSYSTEM \"a\" b\n\"\nLICENSE x", "a\" b\n"), ("FROM m\nSYSTEM 'a'", "'a'"),
            ("FROM m\nSYSTEM \"\"\"a\"\"\" b\nc\"\"\"   \n", "a\"\"\" b\nc"), ("FROM m\nSYSTEM a \"b\"", "a \"b\""),
            ("FROM m\nSYSTEM a\u{0}b\u{7}c\u{85}d", "abcd"), ("\u{FEFF}FROM m\nSYSTEM é 漢 🙂", "é 漢 🙂"),
            ("FROM m\nSYSTEM می\u{200C}خواهم ?\u{202F}! 你\u{3000}好", "می\u{200C}خواهم ?\u{202F}! 你\u{3000}好"),
            (
                "FROM m\nSYSTEM 👩\u{200D}🚀 \u{E000} a\u{2028}b\u{3000}\u{A0}",
                "👩\u{200D}🚀 \u{E000} a\u{2028}b\u{3000}\u{A0}"
            ),
            ("FROM m\r\nSYSTEM \"\"\"a\r\n\r\nb\r\n\"\"\"\r\n", "a\n\nb\n"),
            ("FROM m\r\nSYSTEM \"a\r\nb\"\r\nLICENSE x", "a\nb"), ("FROM m\nSYSTEM \"a\rb\"", "a\rb"),
        ])
    func values(text: String, system: String) throws {
        #expect(try ModelfileParser.parse(text).system == system)
    }

    @Test("UTF-16 of both orders is read")
    func utf16() throws {
        let text = "FROM m\nSYSTEM grüezi"
        let little: [UInt8] = [0xFF, 0xFE] + text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        let big: [UInt8] = [0xFE, 0xFF] + text.utf16.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
        #expect(try ModelfileParser.parse(little).system == "grüezi")
        #expect(try ModelfileParser.parse(big).system == "grüezi")
    }

    @Test(
        "a mistake is told with its line",
        arguments: [
            ("", "no FROM line"), ("# only\n", "no FROM line"), ("SYSTEM x", "no FROM line"),
            (
                "FROM m\n\nBOGUS x",
                #"(line 3): command must be one of "from", "license", "template", "system", "adapter", "draft", "#
                    + #""renderer", "parser", "parameter", "message", or "requires""#
            ),
            ("FROM m\nMESSAGE robot hi", #"(line 2): message role must be one of "system", "user", or "assistant""#),
            ("FROM m\nMESSAGE User hi", #"(line 2): message role must be one of "system", "user", or "assistant""#),
            ("FROM m\nSYSTEM \"\"\"never closed\n", "(line 2): unexpected EOF"), ("FROM", "(line 1): unexpected EOF"),
            ("FROM m\nSYSTEM \"", "(line 2): unexpected EOF"), ("FROM\nx", "(line 1): unexpected EOF"),
            ("FROM m\nREQUIRES banana", "(line 2): requires must be a valid semver (e.g. 0.14.0)"),
        ])
    func mistakes(text: String, message: String) throws {
        let error = try #require(throws: ModelLibraryError.self) { try ModelfileParser.parse(text) }
        #expect(error.description == message)
    }

    @Test(
        "parameters have types",
        arguments: [
            ("num_ctx", "4096", .integer(4096)), ("top_p", "0.1", .number(0.1)), ("temperature", "1", .number(1)),
            ("use_mmap", "T", .bool(true)), ("stop", "x", .array(["x"])), ("seed", "-1", .integer(-1)),
            ("draft", "small", "small"), ("mirostat", "2", .integer(2)),
            ("logit_bias", #"{"5": 1, "x": false}"#, [[5, 1.0], ["x", false]]),
        ] as [(String, String, JSONValue)])
    func types(name: String, text: String, value: JSONValue) throws {
        #expect(try ModelParameter.value(of: text, for: name) == value)
    }

    @Test("a bad parameter is refused, a forgotten one passed over with a warning")
    func badParameters() throws {
        for (line, message) in [
            ("nonsense 1", "unknown parameter 'nonsense'"), ("top_p abc", "invalid float value [abc]"),
            ("top_k x", "invalid int value [x]"), ("use_mmap 2", "invalid bool value [2]"),
        ] {
            let modelfile = try ModelfileParser.parse("FROM m\nPARAMETER \(line)")
            let error = #expect(throws: ModelLibraryError.self) { try modelfile.parameters() }
            #expect(error?.description == message)
        }
        let (values, warnings) = try ModelfileParser.parse("FROM m\nPARAMETER low_vram 1").parameters()
        #expect(values.isEmpty)
        #expect(warnings == ["warning: parameter low_vram is deprecated"])
    }

    @Test("a mistyped parameter or instruction is told with the one that was probably meant")
    func nearNames() throws {
        let parameter = #expect(throws: ModelLibraryError.self) { try ModelParameter.value(of: "1", for: "temprature") }
        #expect(parameter?.description == #"unknown parameter 'temprature'; did you mean "temperature"?"#)
        let instruction = #expect(throws: ModelLibraryError.self) { try ModelfileParser.parse("FROM m\nTEMPALTE x") }
        #expect(instruction?.description.hasSuffix(#"; did you mean "template"?"#) == true)
    }

    @Test("tens of thousands of stop words make one list, and read back")
    func manyStops() throws {
        let stops = (0..<30_000).map { "stop \($0)" }
        let modelfile = Modelfile(
            instructions: [.from("m")] + stops.map { .parameter(name: "stop", value: $0) } + [
                .parameter(name: "seed", value: "1"), .parameter(name: "seed", value: "2"),
            ])
        let (values, _) = try ModelfileParser.parse(ModelfileWriter.text(of: modelfile)).parameters()
        #expect(values == ["stop": .array(stops.map { .string($0) }), "seed": 2])
    }

    @Test("biases of several lines add up, and a model's make one line that reads back")
    func biases() throws {
        let lines = ["{\"5\": 1, \"a b\": false}", "[[\"x\", 2.5]]"].map { "PARAMETER logit_bias \($0)\n" }
        let (values, _) = try ModelfileParser.parse("FROM m\n" + lines.joined()).parameters()
        #expect(values == ["logit_bias": [[5, 1.0], ["a b", false], ["x", 2.5]]])
        let text = try #require(Modelfile.texts(of: values["logit_bias"] ?? .null, "logit_bias").first)
        let written = ModelfileWriter.text(
            of: Modelfile(instructions: [.from("m"), .parameter(name: "logit_bias", value: text)]))
        #expect(try ModelfileParser.parse(written).parameters().values == values)
    }

    @Test("versions are semantic")
    func versions() {
        for good in ["0.14.0", "v1.2.3", "1", "1.2", "1.0.0-rc.1", "1.0.0-alpha+b.7", "0.0.0"] {
            #expect(throws: Never.self) { try ModelfileParser.parse("FROM m\nREQUIRES \(good)") }
        }
        for bad in ["01.2.3", "1.2.3.4", "1..2", "1.2.3-", "1.2.3-01", "x", "1.2.x", "1.0.0+é"] {
            #expect(throws: ModelLibraryError.self) { try ModelfileParser.parse("FROM m\nREQUIRES \(bad)") }
        }
    }

    @Test("what is written reads back", arguments: 0..<32)
    func roundTrip(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let alphabet = Array("ab \"\n\t#'é🙂{}")
        for _ in 0..<20 {
            var value = String(
                (0..<Int.random(in: 1...12, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "a" })
            // Text that ends a line with quotes cannot be written in a Modelfile at all.
            value = value.replacing("\"\n", with: "\n").replacing("\"\t", with: " ").replacing("\" ", with: " ")
            if value.hasSuffix("\"") || value.hasPrefix("\"\"") { continue }
            let modelfile = Modelfile(instructions: [
                .from("m"), .system(value), .message(.init(role: "user", content: value)),
                .parameter(name: "stop", value: value), .license("x"),
            ])
            #expect(try ModelfileParser.parse(ModelfileWriter.text(of: modelfile)) == modelfile)
        }
    }
}

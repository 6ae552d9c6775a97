import Chat
import JSON
import Templating
import TestSupport
import Testing

@Suite("A model without a template")
struct GuessedChatFormatTests {
    private static let specials = SpecialTexts(bos: "<s>", eos: "</s>")
    private let user = Message(role: "user", content: "Q")
    private let answer = Message(role: "assistant", content: "A")
    private let system = Message(role: "system", content: "Rules")

    private func format(_ marks: [String]) throws -> any ChatFormat {
        try ChatFormatRegistry.format(
            template: nil, chatTemplate: nil, specials: Self.specials, hasToken: { marks.contains($0) })
    }

    private func render(_ marks: [String], _ messages: [Message]) throws -> String {
        try format(marks).render(Conversation(messages: messages)).text
    }

    @Test("without marks a lone message stands as it is, and a conversation has headings")
    func plain() throws {
        #expect(try render([], [user]) == "Q")
        #expect(try render([], [system, user]) == "### System:\nRules\n\n### User:\nQ\n\n### Assistant:\n")
        #expect(
            try render([], [user, answer, user])
                == "### User:\nQ\n\n### Assistant:\nA\n\n### User:\nQ\n\n### Assistant:\n")
        #expect(try render([], [user, answer]) == "### User:\nQ\n\n### Assistant:\nA", "it goes on with the answer")
        let developer = Message(role: "developer", content: "D")
        #expect(try render([], [developer, user]).hasPrefix("### System:\nD\n\n### User:"))
        let format = try format([])
        #expect(format.stops == ["### User:", "### System:"])
        #expect(format.isGuessed)
        #expect(format.capabilities == [])
    }

    private static let families: [(marks: [String], prompt: String)] = [
        (
            ["<|im_start|>", "<|im_end|>"],
            """
            <|im_start|>system
            Rules<|im_end|>
            <|im_start|>user
            Q<|im_end|>
            <|im_start|>assistant

            """
        ),
        (
            // ChatML's marks take the place of spare tokens in fine-tuned models of other families.
            ["<|im_start|>", "<|im_end|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"],
            """
            <|im_start|>system
            Rules<|im_end|>
            <|im_start|>user
            Q<|im_end|>
            <|im_start|>assistant

            """
        ),
        (
            ["<|im_start|>", "<|im_sep|>", "<|im_end|>"],
            "<|im_start|>system<|im_sep|>Rules<|im_end|><|im_start|>user<|im_sep|>Q<|im_end|>"
                + "<|im_start|>assistant<|im_sep|>"
        ),
        (
            ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"],
            """
            <s><|start_header_id|>system<|end_header_id|>

            Rules<|eot_id|><|start_header_id|>user<|end_header_id|>

            Q<|eot_id|><|start_header_id|>assistant<|end_header_id|>


            """
        ),
        (
            ["<start_of_turn>", "<end_of_turn>"],
            "<s><start_of_turn>user\nRules\n\nQ<end_of_turn>\n<start_of_turn>model\n"
        ),
        (["[INST]", "[/INST]"], "<s>[INST]Rules\n\nQ[/INST]"),
        (
            ["<|user|>", "<|assistant|>", "<|end|>"],
            "<|system|>\nRules<|end|>\n<|user|>\nQ<|end|>\n<|assistant|>\n"
        ),
        (["<|user|>", "<|assistant|>"], "<|system|>\nRules</s>\n<|user|>\nQ</s>\n<|assistant|>\n"),
        (
            ["[gMASK]", "<sop>", "<|user|>", "<|assistant|>"],
            "[gMASK]<sop><|system|>\nRules<|user|>\nQ<|assistant|>\n"
        ),
        (["<｜User｜>", "<｜Assistant｜>"], "<s>Rules<｜User｜>Q<｜Assistant｜>"),
        (
            ["<|start_of_role|>", "<|end_of_role|>"],
            """
            <|start_of_role|>system<|end_of_role|>Rules</s>
            <|start_of_role|>user<|end_of_role|>Q</s>
            <|start_of_role|>assistant<|end_of_role|>
            """
        ),
        (
            ["<|START_OF_TURN_TOKEN|>", "<|END_OF_TURN_TOKEN|>", "<|USER_TOKEN|>", "<|CHATBOT_TOKEN|>"],
            "<s><|START_OF_TURN_TOKEN|><|SYSTEM_TOKEN|>Rules<|END_OF_TURN_TOKEN|>"
                + "<|START_OF_TURN_TOKEN|><|USER_TOKEN|>Q<|END_OF_TURN_TOKEN|>"
                + "<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>"
        ),
    ]

    @Test("marks in the vocabulary tell the family", arguments: families)
    func family(marks: [String], prompt: String) throws {
        #expect(try render(marks, [system, user]) == prompt)
        // Every message is there, and the model goes on with a last answer.
        let begun = try render(marks, [system, user, answer, Message(role: "user", content: "next"), answer])
        #expect(begun.hasPrefix(prompt.prefix(4)) && begun.contains("next") && begun.hasSuffix("A"))
        #expect(try format(marks).capabilities == [])
    }

    @Test(
        "ChatML and Llama 3 are written as Ollama's own templates write them",
        arguments: [
            ("chatml", ["<|im_start|>", "<|im_end|>"]),
            ("llama3-instruct", ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]),
        ])
    func ollama(name: String, marks: [String]) throws {
        let format = try ChatFormatRegistry.format(
            template: nil, chatTemplate: nil, specials: SpecialTexts(), hasToken: { marks.contains($0) })
        let golden = try JSONParser.parse([UInt8](Vectors.data("gotemplate/ollama/\(name).json")))
        let ids = ["user", "user-assistant-user", "system-user-assistant-user", "system-user"]
        let cases = try #require(golden["cases"]?.arrayValue).filter { ids.contains($0["id"]?.stringValue ?? "") }
        #expect(cases.count == ids.count)
        for item in cases {
            let data = try #require(item["data"])
            #expect(try format.render(Conversation(json: data)).text == item["expected"]?.stringValue)
        }
    }

    @Test(
        "Gemma and Mistral are written as their own templates write them",
        arguments: [
            ("google-gemma-2-2b-it", ["<start_of_turn>", "<end_of_turn>"], ["user-only", "multi-turn"]),
            (
                "mistralai-Mistral-Nemo-Instruct-2407", ["[INST]", "[/INST]"],
                ["user-only", "system-user", "multi-turn"]
            ),
        ])
    func transformers(name: String, marks: [String], ids: [String]) throws {
        let format = try format(marks)
        let folder = "templates/jinja"
        let conversations = try JSONParser.parse([UInt8](Vectors.data("\(folder)/conversations.json")))["conversations"]
        let golden = try JSONParser.parse([UInt8](Vectors.data("\(folder)/\(name).json")))
        for id in ids {
            let item = try #require(golden["cases"]?.arrayValue?.first { $0["conversation"]?.stringValue == id })
            let prompt = try format.render(Conversation(json: conversations?[id] ?? .null))
            #expect(prompt.text == item["expected"]?.stringValue, "\(id)")
        }
    }
}

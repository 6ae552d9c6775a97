/// How conversations are written for model files that bring no template: as models with the same marks in their
/// vocabulary write them.
struct FamilyTemplate: Sendable {
    /// For the log.
    let name: String
    /// Tokens of the family, all of which the vocabulary has.
    let marks: [String]
    /// In Jinja. A turn that a family does not have is left out, and so becomes the user's.
    let source: String
    /// Texts that end an answer where no token does.
    var stops: [String] = []

    /// The first whose marks a vocabulary has. Those that others took over as spare tokens stand at the end.
    static func matching(_ hasToken: (String) -> Bool) -> FamilyTemplate {
        families.first { $0.marks.allSatisfy(hasToken) } ?? plain
    }

    /// Headings in plain text, which models without marks are likeliest to have met.
    static let plain = FamilyTemplate(
        name: "plain text", marks: [],
        source: """
            {% for m in messages %}### {{ m.role | capitalize }}:
            {{ m.content }}

            {% endfor %}{% if add_generation_prompt %}### Assistant:
            {% endif %}
            """, stops: ["### User:", "### System:"])

    private static let families = [
        FamilyTemplate(
            name: "DeepSeek", marks: ["<｜User｜>", "<｜Assistant｜>"],
            source: """
                {{ bos_token }}{% for m in messages %}{% if m.role == 'system' %}{{ m.content }}
                {%- elif m.role == 'assistant' %}<｜Assistant｜>{{ m.content }}{{ eos_token }}
                {%- else %}<｜User｜>{{ m.content }}{% endif %}{% endfor %}
                {%- if add_generation_prompt %}<｜Assistant｜>{% endif %}
                """),
        FamilyTemplate(
            name: "Phi 4", marks: ["<|im_start|>", "<|im_sep|>", "<|im_end|>"],
            source: """
                {% for m in messages %}<|im_start|>{{ m.role }}<|im_sep|>{{ m.content }}<|im_end|>{% endfor %}
                {%- if add_generation_prompt %}<|im_start|>assistant<|im_sep|>{% endif %}
                """),
        FamilyTemplate(
            name: "ChatML", marks: ["<|im_start|>", "<|im_end|>"],
            source: """
                {% for m in messages %}<|im_start|>{{ m.role }}
                {{ m.content }}<|im_end|>
                {% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
                {% endif %}
                """),
        FamilyTemplate(
            name: "Command R",
            marks: ["<|START_OF_TURN_TOKEN|>", "<|END_OF_TURN_TOKEN|>", "<|USER_TOKEN|>", "<|CHATBOT_TOKEN|>"],
            source: """
                {{ bos_token }}{% for m in messages %}<|START_OF_TURN_TOKEN|>
                {%- if m.role == 'system' %}<|SYSTEM_TOKEN|>
                {%- elif m.role == 'assistant' %}<|CHATBOT_TOKEN|>
                {%- else %}<|USER_TOKEN|>{% endif %}{{ m.content }}<|END_OF_TURN_TOKEN|>{% endfor %}
                {%- if add_generation_prompt %}<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>{% endif %}
                """),
        FamilyTemplate(
            name: "Granite", marks: ["<|start_of_role|>", "<|end_of_role|>"],
            source: """
                {% for m in messages %}<|start_of_role|>{{ m.role }}<|end_of_role|>{{ m.content }}{{ eos_token }}
                {% endfor %}{% if add_generation_prompt %}<|start_of_role|>assistant<|end_of_role|>{% endif %}
                """),
        FamilyTemplate(
            name: "GLM", marks: ["[gMASK]", "<sop>", "<|user|>", "<|assistant|>"],
            source: """
                [gMASK]<sop>{% for m in messages %}<|{{ m.role }}|>
                {{ m.content }}{% endfor %}{% if add_generation_prompt %}<|assistant|>
                {% endif %}
                """),
        FamilyTemplate(
            name: "Phi 3", marks: ["<|user|>", "<|assistant|>", "<|end|>"],
            source: """
                {% for m in messages %}<|{{ m.role }}|>
                {{ m.content }}<|end|>
                {% endfor %}{% if add_generation_prompt %}<|assistant|>
                {% endif %}
                """),
        FamilyTemplate(
            name: "Zephyr", marks: ["<|user|>", "<|assistant|>"],
            source: """
                {% for m in messages %}<|{{ m.role }}|>
                {{ m.content }}{{ eos_token }}
                {% endfor %}{% if add_generation_prompt %}<|assistant|>
                {% endif %}
                """),
        FamilyTemplate(
            name: "Gemma", marks: ["<start_of_turn>", "<end_of_turn>"],
            source: """
                {{ bos_token }}{% for m in messages if m.role != 'system' %}<start_of_turn>
                {{- 'model' if m.role == 'assistant' else 'user' }}
                {{ m.content | trim }}<end_of_turn>
                {% endfor %}{% if add_generation_prompt %}<start_of_turn>model
                {% endif %}
                """),
        FamilyTemplate(
            name: "Llama 3", marks: ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"],
            source: """
                {{ bos_token }}{% for m in messages %}<|start_header_id|>{{ m.role }}<|end_header_id|>

                {{ m.content | trim }}<|eot_id|>{% endfor %}
                {%- if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>

                {% endif %}
                """),
        FamilyTemplate(
            name: "Mistral", marks: ["[INST]", "[/INST]"],
            source: """
                {{ bos_token }}{% for m in messages if m.role != 'system' %}
                {%- if m.role == 'assistant' %}{{ m.content }}{{ eos_token }}
                {%- else %}[INST]{{ m.content }}[/INST]{% endif %}{% endfor %}
                """),
    ]
}

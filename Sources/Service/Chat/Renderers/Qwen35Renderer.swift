import JSON

extension Renderer {
    /// Qwen 3.5.
    static let qwen35 = Renderer(name: "qwen3.5", source: qwen35Source, thinking: .switchable)
    /// Qwen 3.8: keeps all thoughts, and is told how hard to think.
    static let qwen38 = Renderer(
        name: "qwen3.8", source: qwen35Source, variables: ["keeps_thoughts": true, "measures_effort": true],
        thinking: .switchable)
    /// Ornith: keeps all thoughts.
    static let ornith = Renderer(
        name: "ornith", source: qwen35Source, variables: ["keeps_thoughts": true], thinking: .switchable)

    private static let qwen35Source = #"""
        \#(RendererParts.xmlCalls)
        {% set turns = messages %}
        \#(RendererParts.lastQuery)
        {% set system = messages | selectattr('role', 'in', ['system', 'developer']) | map(attribute='content') | map('trim') | select | join('\n\n') %}
        {% set thinks = enable_thinking is not defined or enable_thinking %}
        {% set effort = '' %}
        {% if measures_effort and thinks %}
        {% if reasoning_effort == 'low' %}
        {% set effort = 'Reasoning effort is set to low. Keep your thinking brief and focused, moving directly to the conclusion without unnecessary elaboration.' %}
        {% elif reasoning_effort != 'medium' %}
        {% set effort = 'Reasoning effort is set to xhigh. Please think carefully through the task, validate key assumptions, consider plausible alternatives, and prioritize correctness, consistency, and clarity in the final answer.' %}
        {% endif %}
        {% endif %}
        {% if system or tools or effort %}
        <|im_start|>system
        {% if effort %}
        {{ effort }}{{ '\n\n' if system or tools }}
        {%- endif %}
        {% if tools %}
        # Tools

        You have access to the following functions:

        <tools>
        {% for tool in tools %}
        {{ tool | tojson }}
        {% endfor %}
        </tools>

        \#(RendererParts.xmlCallFormat)
        {%- if system %}


        {% endif %}
        {% endif %}
        {{ system }}<|im_end|>
        {% endif %}
        {% for message in turns %}
        {% set content = message.content | trim %}
        {% if message.role == 'user' %}
        <|im_start|>user
        {{ content }}<|im_end|>
        {% elif message.role == 'assistant' %}
        \#(RendererParts.thought)
        <|im_start|>assistant
        {% if keeps_thoughts or loop.index0 > ns.query %}
        <think>
        {{ thought | trim }}
        </think>

        {% endif %}
        {{ content }}
        {%- if message.tool_calls %}{{ '\n\n' if content }}{{ xml_calls(message.tool_calls) | trim }}{% endif %}<|im_end|>
        {% elif message.role == 'tool' %}
        \#(RendererParts.toolAnswer)
        {% endif %}
        {% endfor %}
        <|im_start|>assistant
        <think>
        {% if not thinks %}

        </think>

        {% endif %}
        """#
}

extension Renderer {
    /// Qwen 3 VL.
    static let qwen3VLInstruct = Renderer(name: "qwen3-vl-instruct", source: qwen3VLSource)
    static let qwen3VLThinking = Renderer(name: "qwen3-vl-thinking", source: qwen3VLSource, thinking: .switchable)

    private static let qwen3VLSource = #"""
        \#(RendererParts.turns)
        \#(RendererParts.lastQuery)
        {% if system or tools %}
        <|im_start|>system
        {{ system }}
        {%- if tools %}
        {{ '\n\n' if system -}}
        \#(RendererParts.toolList)

        For each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:
        <tool_call>
        {"name": <function-name>, "arguments": <args-json-object>}
        </tool_call>
        {%- endif %}
        <|im_end|>
        {% endif %}
        {% for message in turns %}
        {% set content = message.content %}
        {% if message.role == 'tool' %}
        \#(RendererParts.toolAnswer)
        {% else %}
        {% if message.role == 'assistant' %}
        \#(RendererParts.thought)
        {% endif %}
        <|im_start|>{{ message.role }}
        {% if thought and loop.index0 > ns.query %}
        <think>
        {{ thought | trim }}
        </think>

        {% endif %}
        {{ content }}
        {%- for call in message.tool_calls %}
        {{ '\n' if content or not loop.first -}}
        <tool_call>
        {"name": {{ call.function.name | tojson }}, "arguments": {{ call.function.arguments | tojson }}}
        </tool_call>
        {%- endfor %}
        <|im_end|>
        {% endif %}
        {% endfor %}
        <|im_start|>assistant
        {% if enable_thinking is defined and enable_thinking %}
        <think>
        {% endif %}
        """#
}

import JSON

extension Renderer {
    /// LFM 2 and 2.5.
    static let lfm2 = Renderer(name: "lfm2", source: lfm2Source)
    static let lfm2Thinking = Renderer(
        name: "lfm2-thinking", source: lfm2Source, variables: ["keeps_thoughts": true], thinking: .always)

    private static let lfm2Source = #"""
        \#(RendererParts.turns)
        {% set ns = namespace(answer=-1) %}
        {% for message in turns %}
        {% if message.role == 'assistant' %}
        {% set ns.answer = loop.index0 %}
        {% endif %}
        {% endfor %}
        <|startoftext|>
        {%- if system or tools -%}
        <|im_start|>system
        {{ system }}
        {%- if tools %}
        {{ '\n' if system -}}
        List of tools: <|tool_list_start|>[
        {%- for tool in tools %}
        {{ tool.function | tojson }}{{ ', ' if not loop.last }}
        {%- endfor -%}
        ]<|tool_list_end|>
        {%- endif %}
        <|im_end|>
        {% endif %}
        {% for message in turns -%}
        <|im_start|>{{ message.role }}
        {% set content = message.content %}
        {% if message.role == 'assistant' %}
        {% if keeps_thoughts and message.thinking %}
        {% set content = '<think>' ~ message.thinking ~ '</think>' ~ content %}
        {% endif %}
        {% if loop.index0 != ns.answer and not (keeps_thoughts and enable_thinking) %}
        {% set content = content.split('</think>')[-1] | trim %}
        {% endif %}
        {{ content }}
        {%- if message.tool_calls -%}
        <|tool_call_start|>[
        {%- for call in message.tool_calls %}
        {{ call.function.name }}(
        {%- for name, value in call.function.arguments | items %}
        {{ name }}={{ value | tojson }}{{ ', ' if not loop.last }}
        {%- endfor -%}
        ){{ ', ' if not loop.last }}
        {%- endfor -%}
        ]<|tool_call_end|>
        {%- endif %}
        {% elif message.role == 'tool' -%}
        <|tool_response_start|>{{ content }}<|tool_response_end|>
        {%- else %}
        {{ content }}
        {%- endif %}
        <|im_end|>
        {% endfor -%}
        <|im_start|>assistant{{ '\n' }}
        """#
}

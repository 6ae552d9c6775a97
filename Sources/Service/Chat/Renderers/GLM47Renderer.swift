extension Renderer {
    /// GLM 4.7: keeps all thoughts.
    static let glm47 = Renderer(name: "glm-4.7", source: glm47Source, thinking: .switchable)

    private static let glm47Source = #"""
        [gMASK]<sop>
        {%- if tools %}
        <|system|>
        \#(RendererParts.toolList)

        For each function call, output the function name and arguments within the following XML format:
        <tool_call>{function-name}<arg_key>{arg-key-1}</arg_key><arg_value>{arg-value-1}</arg_value><arg_key>{arg-key-2}</arg_key><arg_value>{arg-value-2}</arg_value>...</tool_call>
        {%- endif %}
        {% for message in messages %}
        {% if message.role == 'assistant' %}
        {% set content = message.content %}
        \#(RendererParts.thought)
        <|assistant|>{{ '<think>' ~ thought | trim if thought | trim }}</think>{{ content | trim }}
        {%- for call in message.tool_calls -%}
        <tool_call>{{ call.function.name }}
        {%- for name, value in call.function.arguments | items -%}
        <arg_key>{{ name }}</arg_key><arg_value>{{ value if value is string else value | tojson }}</arg_value>
        {%- endfor -%}
        </tool_call>
        {%- endfor %}
        {% elif message.role == 'tool' %}
        {{ '<|observation|>' if not loop.previtem or loop.previtem.role != 'tool' -}}
        <tool_response>{{ message.content }}</tool_response>
        {%- else -%}
        <|{{ message.role }}|>{{ message.content }}
        {%- endif %}
        {% endfor %}
        <|assistant|>{{ '<think>' if enable_thinking is not defined or enable_thinking else '</think>' }}
        """#
}

import JSON

extension Renderer {
    /// Laguna 2, with the parts of turns on lines of their own.
    static let laguna = Renderer(
        name: "laguna", source: lagunaSource, variables: ["has_lines": true], thinking: .switchable)
    /// Laguna 8.
    static let poolsideV1 = Renderer(
        name: "poolside-v1", source: lagunaSource, thinking: .switchable, continuesAnswers: false)

    private static let lagunaSource = #"""
        {% set gap = '\n' if has_lines else '' %}
        {% set thinks = enable_thinking is defined and enable_thinking %}
        {% set leads = messages and messages[0].role == 'system' %}
        {% set system = messages[0].content if leads else '\#(RendererParts.poolsideSystem)' %}
        〈|EOS|〉
        {%- if system.strip() or tools or thinks and not has_lines %}
        <system>{{ gap }}
        {%- if system.strip() %}
        {{ gap }}{{ system.rstrip() }}
        {%- endif %}
        {% if tools %}
        {{ '\n\n' if system.strip() or has_lines -}}
        ### Tools

        You may call functions to assist with the user query.
        All available function signatures are listed below:
        <available_tools>
        {% for tool in tools %}
        {{ tool | tojson }}
        {% endfor %}
        </available_tools>
        {%- if has_lines %}


        {% if thinks %}
        Wrap your thinking in '<think>', '</think>' tags, followed by a function call. {% endif -%}
        For each function call, return an unescaped XML-like object with function name and arguments within '<tool_call>' and '</tool_call>' tags, like here:
        {% if thinks %}
        <think> your thoughts here </think>
        {% endif %}
        <tool_call>function-name
        <arg_key>argument-key</arg_key>
        <arg_value>value-of-argument-key</arg_value>
        </tool_call>
        {%- endif %}
        {%- endif %}
        {{ gap }}</system>
        {% endif %}
        {% for message in (messages[1:] if leads else messages) %}
        {% if message.role == 'assistant' %}
        {% set content = message.content %}
        \#(RendererParts.thought)
        {% set content = content.strip() if has_lines else content %}
        <assistant>{{ gap }}
        {%- if (thought | trim if has_lines else thinks) %}
        <think>{{ gap }}{{ thought.strip() if has_lines else thought }}{{ gap }}
        {%- endif %}
        </think>{{ gap }}
        {%- if content %}
        {{ content }}{{ gap }}
        {%- endif %}
        {% for call in message.tool_calls %}
        <tool_call>{{ call.function.name }}{{ gap }}
        {%- for name, value in call.function.arguments | items %}
        <arg_key>{{ name }}</arg_key>{{ gap }}<arg_value>{{ value if value is string else value | tojson }}</arg_value>{{ gap }}
        {%- endfor %}
        </tool_call>{{ gap }}
        {%- endfor %}
        </assistant>
        {% elif message.role == 'tool' %}
        <tool_response>{{ gap }}{{ message.content }}{{ gap }}</tool_response>
        {% else %}
        <{{ message.role }}>{{ gap }}{{ message.content }}{{ gap }}</{{ message.role }}>
        {% endif %}
        {% endfor %}
        <assistant>{{ gap }}{{ '<think>' if thinks else '</think>' }}
        """#
}

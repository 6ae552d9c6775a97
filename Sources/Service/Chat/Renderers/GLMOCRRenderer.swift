extension Renderer {
    static let glmOCR = Renderer(name: "glm-ocr", source: glmOCRSource, thinking: .switchable)

    private static let glmOCRSource = #"""
        [gMASK]<sop>
        {%- if tools %}
        <|system|>
        \#(RendererParts.toolList)

        For each function call, output the function name and arguments within the following XML format:
        <tool_call>{function-name}
        <arg_key>{arg-key-1}</arg_key>
        <arg_value>{arg-value-1}</arg_value>
        <arg_key>{arg-key-2}</arg_key>
        <arg_value>{arg-value-2}</arg_value>
        ...
        </tool_call>
        {%- endif %}
        {% set isQuiet = enable_thinking is defined and not enable_thinking %}
        {% for message in messages %}
        {% if message.role == 'assistant' %}
        {% set content = message.content %}
        \#(RendererParts.thought)
        <|assistant|>
        <think>{{ thought | trim }}</think>
        {% if content | trim %}
        {{ content | trim }}
        {% endif %}
        {% for call in message.tool_calls %}
        <tool_call>{{ call.function.name }}
        {% for name, value in call.function.arguments | items %}
        <arg_key>{{ name }}</arg_key>
        <arg_value>{{ value if value is string else value | tojson }}</arg_value>
        {% endfor %}
        </tool_call>{{ '\n' if not loop.last }}
        {%- endfor %}
        {% elif message.role == 'tool' %}
        {{ '<|observation|>' if not loop.previtem or loop.previtem.role != 'tool' }}
        <tool_response>
        {{ message.content }}
        </tool_response>
        {%- else %}
        <|{{ message.role }}|>
        {{ message.content }}{{ '/nothink' if message.role == 'user' and isQuiet and not message.content.endswith('/nothink') }}
        {%- endif %}
        {% endfor %}
        <|assistant|>
        {{ '<think></think>\n' if isQuiet }}
        """#
}

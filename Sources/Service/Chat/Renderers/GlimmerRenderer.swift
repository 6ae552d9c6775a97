extension Renderer {
    /// Muse Glimmer. The model writes itself whom its answer is for.
    static let glimmer = Renderer(name: "glimmer", source: glimmerSource, thinking: .switchable)

    private static let glimmerSource = #"""
        {% set strength = reasoning_effort or 'high' %}
        {% if enable_thinking is defined and not enable_thinking %}
        {% set strength = 'none' %}
        {% endif %}
        {% set ns = namespace(spaces=[], called=[], name='') %}
        {% for tool in tools %}
        {% set space = tool.function.name.split('.')[0] %}
        {% if space not in ns.spaces %}
        {% set ns.spaces = ns.spaces + [space] %}
        {% endif %}
        {% endfor %}
        {% set turns = messages %}
        {% if not messages | selectattr('role', 'equalto', 'system') | list %}
        {% set identity = 'You are a helpful AI assistant.\nKnowledge cutoff: 2026-01-04.\nCurrent date: ' ~ strftime_now('%Y-%m-%d') ~ '.' %}
        {% set turns = [{'role': 'system', 'content': identity}] + messages %}
        {% endif %}
        <|begin_of_text|>
        {%- for message in turns %}
        {% if message.role == 'system' -%}
        <|start|>system<|message|>{{ message.content }}

        Reasoning strength: {{ strength }}.

        {% if tools %}
        In this environment you have access to a set of tools you can use to answer the user's question.

        You can invoke a function by writing a "<atem:function_calls>" block like the following:
        <atem:function_calls>
        <atem:invoke name="$FUNCTION_NAME">
        <atem:parameter name="$PARAMETER_NAME">$PARAMETER_VALUE</atem:parameter>
        ...
        </atem:invoke>
        </atem:function_calls>

        String and scalar parameters should be specified as is, while lists and objects should use JSON format. Note that spaces for string values are not stripped. The output is not expected to be valid XML and is parsed with regular expressions.
        Here are the functions available in JSONSchema format:
        // Tool metadata
        {% for space in ns.spaces %}
        {"name": {{ space | tojson }}, "description": ""}
        {% endfor %}
        // Function schemas
        {% for tool in tools %}
        {"name": {{ tool.function.name | tojson }}, "description": {{ (tool.function.description or '') | tojson }}, "parameters": {{ (tool.function.parameters or {}) | tojson }}}
        {% endfor %}

        Here's an example of how to call a function in the tool set:
        (If the tool namespace is not specified, invoke the function directly as `example_function_name` rather than `example_tool_name.example_function_name`)

        to=example_tool_name.example_function_name

        <atem:function_calls>
        <atem:invoke name="example_tool_name.example_function_name">
        <atem:parameter name="example_parameter_1">value_1</atem:parameter>
        <atem:parameter name="example_parameter_2">This is the value for the second parameter
        that can span
        "multiple" lines
        </atem:parameter>
        </atem:invoke>
        </atem:function_calls>

        {% endif %}
        # Valid recipients: "self"
        {%- for space in ns.spaces %}
        , "{{ space }}.*"
        {%- endfor -%}
        , "user".<|eot|>
        {%- elif message.role == 'tool' %}
        {% set ns.name = message.name or message.tool_call_id or '' %}
        {% for call in ns.called if not message.name and call.id is defined and call.id == message.tool_call_id %}
        {% set ns.name = call.function.name %}
        {% endfor -%}
        <|start|>tool {{ ns.name }}<|message|><tool_output name="{{ ns.name }}">
        {{ message.content }}
        </tool_output><|eot|>
        {%- elif message.role == 'assistant' %}
        {% set goes_on = loop.nextitem and loop.nextitem.role == 'assistant' %}
        {% if message.reasoning_content -%}
        <|start|>assistant to=self<|message|>{{ message.reasoning_content }}<|eom|>
        {%- endif %}
        {% for call in message.tool_calls -%}
        <|start|>assistant to={{ call.function.name }}<|message|><atem:function_calls>
        <atem:invoke name="{{ call.function.name }}">
        {% for name, value in call.function.arguments | items %}
        <atem:parameter name="{{ name }}">{{ value if value is string else value | tojson }}</atem:parameter>
        {% endfor %}
        </atem:invoke>
        </atem:function_calls>{{ '<|eot|>' if loop.last and not goes_on else '<|eom|>' }}
        {%- set ns.called = ns.called + [call] %}
        {% endfor %}
        {% if not message.tool_calls and (message.content or not message.reasoning_content) -%}
        <|start|>assistant to=user<|message|>{{ message.content }}<|eot|>
        {%- endif %}
        {% elif message.role == 'user' -%}
        <|start|>user<|message|>{{ message.content }}<|eot|>
        {%- endif %}
        {% endfor -%}
        <|start|>assistant
        """#
}

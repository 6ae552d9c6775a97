extension Renderer {
    /// Qwen 3 Coder.
    static let qwen3Coder = Renderer(name: "qwen3-coder", source: qwen3CoderSource)

    private static let qwen3CoderSource = #"""
        \#(RendererParts.xmlTools)
        \#(RendererParts.xmlCalls)
        \#(RendererParts.turns)
        {% if system or tools %}
        <|im_start|>system
        {{ system or 'You are Qwen, a helpful AI assistant that can interact with a computer to solve tasks.' -}}
        {% if tools %}


        # Tools

        You have access to the following tools:

        {{ xml_tools() }}
        If you choose to call a tool ONLY reply in the following format with NO suffix:

        <tool_call>
        <function=example_function_name>
        <parameter=example_parameter_1>
        value_1
        </parameter>
        <parameter=example_parameter_2>
        value_2
        </parameter>
        </function>
        </tool_call>

        <IMPORTANT>
        Reminder:
        - Function calls MUST follow the specified format: the tool calling block MUST begin with an opening <tool_call> tag and end with a closing </tool_call> tag.
        - Required parameters MUST be specified
        - You may provide optional reasoning for your function call in natural language BEFORE the function call, but NOT after
        - If there is no function call available, answer the question like normal with your current knowledge and do not tell the user about function calls
        </IMPORTANT>
        {%- endif %}
        <|im_end|>
        {% endif %}
        {% for message in turns %}
        {% if message.role == 'tool' %}
        \#(RendererParts.toolAnswerLines)
        {% elif message.tool_calls %}
        <|im_start|>assistant
        {% if message.content | trim %}
        {{ message.content | trim }}

        {% endif %}
        {{ xml_calls(message.tool_calls) | trim }}<|im_end|>
        {% else %}
        <|im_start|>{{ message.role }}
        {{ message.content }}<|im_end|>
        {% endif %}
        {% endfor %}
        <|im_start|>assistant{{ '\n' }}
        """#
}

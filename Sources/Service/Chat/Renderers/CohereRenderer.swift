extension Renderer {
    /// Command A of 2026, North.
    static let cohere = Renderer(name: "cohere", source: cohereSource, thinking: .switchable)

    private static let cohereSource = #"""
        \#(RendererParts.turns)
        {% set ns = namespace(calls=0, answers=0, thinks=enable_thinking is not defined or enable_thinking) %}
        <|START_OF_TURN_TOKEN|><|SYSTEM_TOKEN|><|START_TEXT|>
        {%- if system %}
        {{ system }}{{ '\n\n\n\n' -}}
        {% endif -%}
        # Available Tools
        ```json
        [

        {% for tool in tools %}
            {"name": {{ tool.function.name | tojson }}, "description": {{ tool.function.description | tojson if tool.function.description is defined else '""' }}, "parameters": {{ tool.function.parameters | tojson if tool.function.parameters is defined else '{}' }}, "responses": null}{{ ',' if not loop.last }}

        {% endfor %}
        {{ '\n' if not tools }}
        ]
        ```<|END_TEXT|><|END_OF_TURN_TOKEN|>
        {%- for message in turns %}
        {% if message.role == 'tool' %}
        {% if not loop.previtem or loop.previtem.role != 'tool' -%}
        <|START_OF_TURN_TOKEN|><|SYSTEM_TOKEN|><|START_TOOL_RESULT|>[
        {% endif %}
            {
                "tool_call_id": "{{ ns.answers }}",
                "results": {

        {{ '            ' }}
                    "0": {"content": {{ message.content | tojson }}}

                },
                "is_error": null
            }{{ ',' if loop.nextitem and loop.nextitem.role == 'tool' }}
        {% set ns.answers = ns.answers + 1 %}
        {% if not loop.nextitem or loop.nextitem.role != 'tool' %}

        ]<|END_TOOL_RESULT|><|END_OF_TURN_TOKEN|>
        {%- endif %}
        {% elif message.role == 'assistant' -%}
        <|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>
        {%- if message.tool_calls %}

        {{ '            ' }}
                        <|START_THINKING|>{{ message.reasoning_content or message.content }}<|END_THINKING|><|START_ACTION|>[

        {% for call in message.tool_calls %}
            {"tool_call_id": "{{ ns.calls }}", "tool_name": {{ call.function.name | tojson }}, "parameters": {{ call.function.arguments | tojson }}}{{ ',' if not loop.last }}

        {% set ns.calls = ns.calls + 1 %}
        {% endfor %}
        ]<|END_ACTION|>
        {%- else %}
        {{ '<|START_THINKING|>' ~ message.reasoning_content ~ '<|END_THINKING|>' if message.reasoning_content -}}
        <|START_TEXT|>{{ message.content }}<|END_TEXT|>
        {%- endif -%}
        <|END_OF_TURN_TOKEN|>
        {%- else -%}
        <|START_OF_TURN_TOKEN|>{{ '<|USER_TOKEN|>' if message.role == 'user' else '<|SYSTEM_TOKEN|>' }}<|START_TEXT|>{{ message.content }}<|END_TEXT|><|END_OF_TURN_TOKEN|>
        {%- endif %}
        {% endfor -%}
        <|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|><|START_THINKING|>{{ '<|END_THINKING|>' if not ns.thinks }}
        """#
}

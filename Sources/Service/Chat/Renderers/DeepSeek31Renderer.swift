extension Renderer {
    static let deepSeek31 = Renderer(name: "deepseek3.1", source: deepSeek31Source, thinking: .switchable)

    private static let deepSeek31Source = #"""
        {% set thinks = enable_thinking is defined and enable_thinking %}
        {% set system = messages | selectattr('role', 'equalto', 'system') | map(attribute='content') | join('\n\n') %}
        {% set turns = messages %}
        \#(RendererParts.lastQuery)
        <｜begin▁of▁sentence｜>{{ system }}
        {%- if tools %}
        {{ '\n\n' if system -}}
        ## Tools
        You have access to the following tools:
        {% for tool in tools %}

        ### {{ tool.function.name }}
        Description: {{ tool.function.description }}

        Parameters: {{ tool.function.parameters | default({}) | tojson }}
        {% endfor %}

        IMPORTANT: ALWAYS adhere to this exact format for tool use:
        <｜tool▁calls▁begin｜><｜tool▁call▁begin｜>tool_call_name<｜tool▁sep｜>tool_call_arguments<｜tool▁call▁end｜>{% raw %}{{additional_tool_calls}}{% endraw %}<｜tool▁calls▁end｜>

        Where:

        - `tool_call_name` must be an exact match to one of the available tools
        - `tool_call_arguments` must be valid JSON that strictly follows the tool's Parameters Schema
        - For multiple tool calls, chain them directly without separators or spaces
        {%- endif %}
        {% for message in messages %}
        {% if message.role == 'user' -%}
        <｜User｜>{{ message.content }}
        {%- elif message.role == 'assistant' %}
        {% set content = message.content %}
        \#(RendererParts.thought)
        {% if loop.previtem and loop.previtem.role == 'user' -%}
        <｜Assistant｜>{{ '<think>' ~ thought if thought and thinks and loop.index0 > ns.query }}</think>
        {%- endif %}
        {{ content }}
        {%- if message.tool_calls -%}
        <｜tool▁calls▁begin｜>
        {%- for call in message.tool_calls -%}
        <｜tool▁call▁begin｜>{{ call.function.name }}<｜tool▁sep｜>{{ call.function.arguments | tojson }}<｜tool▁call▁end｜>
        {%- endfor -%}
        <｜tool▁calls▁end｜>
        {%- endif -%}
        <｜end▁of▁sentence｜>
        {%- elif message.role == 'tool' -%}
        <｜tool▁output▁begin｜>{{ message.content }}<｜tool▁output▁end｜>
        {%- endif %}
        {% endfor %}
        {% if not messages or messages[-1].role != 'tool' -%}
        <｜Assistant｜>{{ '<think>' if thinks else '</think>' }}
        {%- endif %}
        """#
}

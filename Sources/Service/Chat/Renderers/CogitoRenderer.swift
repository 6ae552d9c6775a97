extension Renderer {
    /// Cogito 2.
    static let cogito = Renderer(name: "cogito", source: cogitoSource, thinking: .switchable)

    private static let cogitoSource = #"""
        \#(RendererParts.turns)
        {% set thinks = enable_thinking is defined and enable_thinking %}
        <｜begin▁of▁sentence｜>
        {%- if thinks %}
        Enable deep thinking subroutine.

        {% endif %}
        You are Cogito, an AI assistant created by Deep Cogito, which is an AI research lab based in San Francisco.
        {%- if system %}


        {{ system }}{{ '\n\n' if thinks }}
        {%- endif %}
        {% if tools %}

        You have the following functions available:
        {% for tool in tools %}
        ```json
        {{ tool | tojson(indent=4) }}
        ```
        {% endfor %}
        {% endif %}
        {% for message in turns %}
        {% if message.role == 'user' -%}
        <｜User｜>{{ message.content }}<｜Assistant｜>
        {%- elif message.role == 'assistant' %}
        {{ message.content }}
        {%- if message.tool_calls -%}
        <｜tool▁calls▁begin｜>
        {%- for call in message.tool_calls -%}
        <｜tool▁call▁begin｜>function<｜tool▁sep｜>{{ call.function.name }}
        ```json
        {{ call.function.arguments | tojson }}
        ```<｜tool▁call▁end｜>{{ '\n' if not loop.last }}
        {%- endfor -%}
        <｜tool▁calls▁end｜>
        {%- endif -%}
        <｜end▁of▁sentence｜>
        {%- elif message.role == 'tool' %}
        {{ '<｜tool▁outputs▁begin｜>' if not loop.previtem or loop.previtem.role != 'tool' -}}
        <｜tool▁output▁begin｜>{{ message.content }}<｜tool▁output▁end｜>
        {{- '\n' if loop.nextitem and loop.nextitem.role == 'tool' else '<｜tool▁outputs▁end｜>' }}
        {%- endif %}
        {% endfor %}
        {{ '<｜Assistant｜>' if not turns or turns[-1].role != 'user' }}{{ '<think>\n' if thinks }}
        """#
}

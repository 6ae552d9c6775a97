import JSON

extension Renderer {
    /// Nemotron 3 Nano: words of the conversation switch its thinking.
    static let nemotron3Nano = Renderer(
        name: "nemotron-3-nano", source: nemotron3Source,
        variables: ["reads_switches": true, "thought_end": "\n</think>\n"], thinking: .switchable)
    static let nemotron35Nano = Renderer(
        name: "nemotron-3.5-nano", source: nemotron3Source,
        variables: ["notes_effort": true, "thought_end": "</think>"], thinking: .switchable)

    private static let nemotron3Source = #"""
        \#(RendererParts.xmlTools)
        \#(RendererParts.xmlCalls)
        \#(RendererParts.turns)
        \#(RendererParts.lastQuery)
        {% set state = namespace(thinks=enable_thinking is not defined or enable_thinking) %}
        {% if reads_switches %}
        {% for message in messages if message.role in ['system', 'user'] %}
        {% for word in message.content.split() if word in ['/think', '/no_think'] %}
        {% set state.thinks = word == '/think' %}
        {% endfor %}
        {% endfor %}
        {% endif %}
        {% macro plain(text) %}
        {% set switches = ['/think', '/no_think'] if reads_switches else [] %}
        {% if text.split() | select('in', switches) | list %}
        {{ text.replace('/no_think', '').replace('/think', '') }}
        {%- else %}
        {{ text }}
        {%- endif %}
        {% endmacro %}
        <|im_start|>system
        {{ plain(system) -}}
        {% if tools %}
        {{ '\n\n' if system -}}
        # Tools

        You have access to the following functions:

        {{ xml_tools() }}
        \#(RendererParts.xmlCallFormat)
        {%- endif %}
        <|im_end|>
        {% for message in turns %}
        {% if message.role == 'tool' %}
        \#(RendererParts.toolAnswerLines)
        {% elif message.role == 'assistant' %}
        {% set content = message.content %}
        {% if message.reasoning_content | default('') | trim %}
        {% set content = '<think>\n' ~ message.reasoning_content ~ thought_end ~ content %}
        {% elif '</think>' not in content %}
        {% set content = '<think></think>' ~ content %}
        {% endif %}
        {% if loop.index0 < ns.query %}
        {% set content = content.split('</think>')[-1] %}
        {% set content = '<think></think>' ~ (content | trim if message.tool_calls else content) %}
        {% endif %}
        <|im_start|>assistant
        {{ content | trim }}
        {%- if message.tool_calls %}

        {{ xml_calls(message.tool_calls) -}}
        {% endif %}
        <|im_end|>
        {% else %}
        <|im_start|>{{ message.role }}
        {{ plain(message.content) }}
        {%- if notes_effort and reasoning_effort == 'medium' and message.role == 'user' and loop.index0 == ns.query %}


        {reasoning effort: efficient}
        {%- endif %}
        <|im_end|>
        {% endif %}
        {% endfor %}
        <|im_start|>assistant
        <think>{{ '\n' if state.thinks else '</think>' }}
        """#
}

import JSON

extension Renderer {
    /// Gemma 4 of up to eight billion parameters.
    static let gemma4Small = Renderer(name: "gemma4-small", source: gemma4Source, thinking: .switchable)
    /// Those above show that they do not think.
    static let gemma4Large = Renderer(
        name: "gemma4-large", source: gemma4Source, variables: ["closes_thoughts": true], thinking: .switchable)

    private static let gemma4Source = #"""
        \#(RendererParts.value(quotedBy: #"<|"|>"#))
        {% macro properties(object) -%}
        {{ '{' }}{% for name, schema in object | dictsort %}{{ name }}:{{ '{' }}{{ fields(schema) }}{{ '}' }}{{ ',' if not loop.last }}{% endfor %}{{ '}' }}
        {%- endmacro %}
        {% macro fields(schema) %}
        {% set ns = namespace(parts=[]) %}
        {% if schema.description %}
        {% set ns.parts = ns.parts + ['description:' ~ value(schema.description)] %}
        {% endif %}
        {% if schema.enum %}
        {% set ns.parts = ns.parts + ['enum:' ~ value(schema.enum)] %}
        {% endif %}
        {% if schema['items'] is mapping and schema['items'] %}
        {% set ns.parts = ns.parts + ['items:{' ~ fields(schema['items']) ~ '}'] %}
        {% endif %}
        {% if schema.nullable %}
        {% set ns.parts = ns.parts + ['nullable:true'] %}
        {% endif %}
        {% if schema.properties %}
        {% set ns.parts = ns.parts + ['properties:' ~ properties(schema.properties)] %}
        {% endif %}
        {% if schema.required %}
        {% set ns.parts = ns.parts + ['required:' ~ value(schema.required)] %}
        {% endif %}
        {% if schema.type %}
        {% set ns.parts = ns.parts + ['type:' ~ value(schema.type | upper if schema.type is string else schema.type | map('upper') | list)] %}
        {% endif %}
        {{ ns.parts | join(',') }}
        {%- endmacro %}
        {% macro said(text) %}
        {% for part in text.split('<channel|>') %}{{ part.split('<|channel>')[0] }}{% endfor %}
        {% endmacro %}
        {% set thinks = enable_thinking is defined and enable_thinking %}
        {% set leads = messages and messages[0].role in ['system', 'developer'] %}
        {% set turns = messages[1:] if leads else messages %}
        \#(RendererParts.lastQuery)
        {% set state = namespace(previous='', calls=false) %}
        <bos>
        {%- if thinks or tools or leads -%}
        <|turn>system
        {% if thinks %}
        <|think|>
        {% endif %}
        {{ messages[0].content | trim if leads }}
        {%- for tool in tools -%}
        <|tool>declaration:{{ tool.function.name }}{description:{{ value(tool.function.description or '') }}
        {%- if tool.function.parameters %},parameters:{{ '{' }}{{ fields(tool.function.parameters) }}{{ '}' }}{% endif %}}<tool|>
        {%- endfor -%}
        <turn|>
        {% endif %}
        {% for message in turns %}
        {% if message.role != 'tool' %}
        {% set role = 'model' if message.role == 'assistant' else message.role %}
        {% if role != 'model' or state.previous != 'model' -%}
        <|turn>{{ role }}
        {% endif %}
        {% set state.previous = role %}
        {% set state.calls = message.tool_calls is defined and message.tool_calls | length > 0 %}
        {% set answers = namespace(count=0) %}
        {% if message.reasoning_content and loop.index0 > ns.query and state.calls -%}
        <|channel>thought
        {{ message.reasoning_content }}
        <channel|>
        {%- endif %}
        {% for call in message.tool_calls -%}
        <|tool_call>call:{{ call.function.name }}{{ value(call.function.arguments) }}<tool_call|>
        {%- endfor %}
        {% for answer in turns[loop.index:] if state.calls %}
        {% if answer.role != 'tool' %}
        {% break %}
        {% endif %}
        {% set names = message.tool_calls | selectattr('id', 'defined') | selectattr('id', 'equalto', answer.tool_call_id) | map(attribute='function.name') | list -%}
        <|tool_response>response:{{ names[0] if names else answer.name or 'unknown' }}{value:{{ value(answer.content) }}}<tool_response|>
        {%- set answers.count = answers.count + 1 %}
        {% endfor %}
        {% set content = (said(message.content) if role == 'model' else message.content) | trim %}
        {{ content }}
        {%- if state.calls and not answers.count -%}
        <|tool_response>
        {%- elif content or not answers.count -%}
        <turn|>
        {% endif %}
        {% endif %}
        {% endfor %}
        {% if not state.calls -%}
        <|turn>model
        {{ '<|channel>thought\n<channel|>' if closes_thoughts and not thinks }}
        {%- endif %}
        """#
}

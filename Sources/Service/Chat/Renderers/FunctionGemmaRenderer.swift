extension Renderer {
    static let functionGemma = Renderer(name: "functiongemma", source: functionGemmaSource)

    private static let functionGemmaSource = #"""
        \#(RendererParts.value(quotedBy: "<escape>"))
        {% macro fields(schema) -%}
        description:<escape>{{ schema.description or '' }}<escape>,type:<escape>{{ schema.type | upper }}<escape>
        {%- endmacro %}
        {% macro declaration(tool) -%}
        declaration:{{ tool.name }}{description:<escape>{{ tool.description or '' }}<escape>
        {%- if tool.parameters -%}
        ,parameters:{
        {%- if tool.parameters.properties -%}
        properties:{
        {%- for name, schema in tool.parameters.properties | dictsort -%}
        {{ name }}:{{ '{' }}{{ fields(schema) }}{{ '}' }}{{ ',' if not loop.last }}
        {%- endfor -%}
        },
        {%- endif %}
        {%- if tool.parameters.required -%}
        required:{{ value(tool.parameters.required) }},
        {%- endif -%}
        type:<escape>{{ tool.parameters.type | default('object') | upper }}<escape>}
        {%- endif -%}
        }
        {%- endmacro %}
        {% set leads = messages and messages[0].role in ['system', 'developer'] %}
        {% set ns = namespace(calls=[], answers=0) %}
        <bos>
        {%- if leads or tools -%}
        <start_of_turn>developer
        {{ messages[0].content | trim if leads }}
        {%- if tools %}
        {{ '\n' if leads -}}
        You can do function calling with the following functions:
        {%- for tool in tools -%}
        <start_function_declaration>{{ declaration(tool.function) }}<end_function_declaration>
        {%- endfor %}
        {%- endif -%}
        <end_of_turn>
        {% endif %}
        {% for message in (messages[1:] if leads else messages) %}
        {% if message.role == 'tool' %}
        {% set named = ns.calls | selectattr('id', 'defined') | selectattr('id', 'equalto', message.tool_call_id) | list %}
        {% set call = named[0] if named else ns.calls[ns.answers] -%}
        <start_function_response>response:{{ call.function.name if call else message.name or 'unknown' }}{{ '{' }}{{ value(message.content) }}{{ '}' }}<end_function_response>
        {%- set ns.answers = ns.answers + 1 %}
        {% else %}
        {% if not loop.previtem or loop.previtem.role != 'tool' -%}
        <start_of_turn>{{ 'model' if message.role == 'assistant' else message.role }}
        {% endif %}
        {{ message.content | trim }}
        {%- for call in message.tool_calls -%}
        <start_function_call>call:{{ call.function.name }}{{ value(call.function.arguments) }}<end_function_call>
        {%- endfor %}
        {% set ns.calls = message.tool_calls or [] %}
        {% set ns.answers = 0 %}
        {% if not ns.calls -%}
        <end_of_turn>
        {% endif %}
        {% endif %}
        {% endfor %}
        {% if not messages or messages[-1].role != 'tool' -%}
        <start_of_turn>model
        {% endif %}
        """#
}

/// What several renderers share, in Jinja. The words are those that the models were trained with.
enum RendererParts {
    /// The first system text, and the messages behind it.
    static let turns = #"""
        {% set system = messages[0].content if messages and messages[0].role == 'system' else '' %}
        {% set turns = messages[1:] if messages and messages[0].role == 'system' else messages %}
        """#

    /// Where the last question stands among `turns`: before it, thoughts are left out.
    static let lastQuery = #"""
        {% set ns = namespace(query=-1) %}
        {% for message in turns %}
        {% if message.role == 'user' and not (message.content | trim).startswith('<tool_response>') %}
        {% set ns.query = loop.index0 %}
        {% endif %}
        {% endfor %}
        """#

    /// The thoughts of a message, which may stand in its content.
    static let thought = #"""
        {% set thought = message.reasoning_content | default('') %}
        {% if not thought and '</think>' in content %}
        {% set thought = content.split('</think>')[0].split('<think>')[-1] %}
        {% set content = content.split('</think>')[-1].lstrip('\n') %}
        {% endif %}
        """#

    /// What tools answered, in a turn of the user.
    static let toolAnswer = #"""
        {% if not loop.previtem or loop.previtem.role != 'tool' %}
        <|im_start|>user
        {% endif %}
        <tool_response>
        {{ content }}
        </tool_response>
        {%- if loop.nextitem and loop.nextitem.role == 'tool' %}

        {% else %}
        <|im_end|>
        {% endif %}
        """#

    /// The same with the mark of the end on a line of its own.
    static let toolAnswerLines = #"""
        {% if not loop.previtem or loop.previtem.role != 'tool' %}
        <|im_start|>user
        {% endif %}
        <tool_response>
        {{ message.content }}
        </tool_response>
        {% if not loop.nextitem or loop.nextitem.role != 'tool' %}
        <|im_end|>
        {% endif %}
        """#

    /// `value(item)` writes JSON without quotes around keys, and marks around strings: Gemma's notation.
    static func value(quotedBy mark: String) -> String {
        #"""
        {% macro value(item) %}
        {% if item is string -%}
        \#(mark){{ item }}\#(mark)
        {%- elif item is mapping -%}
        {{ '{' }}{% for key, member in item | dictsort %}{{ key }}:{{ value(member) }}{{ ',' if not loop.last }}{% endfor %}{{ '}' }}
        {%- elif item is sequence -%}
        [{% for member in item %}{{ value(member) }}{{ ',' if not loop.last }}{% endfor %}]
        {%- else -%}
        {{ item | tojson }}
        {%- endif %}
        {% endmacro %}
        """#
    }

    /// What tools there are, a line of JSON each.
    static let toolList = #"""
        # Tools

        You may call one or more functions to assist with the user query.

        You are provided with function signatures within <tools></tools> XML tags:
        <tools>
        {% for tool in tools %}
        {{ tool | tojson }}
        {% endfor %}
        </tools>
        """#

    /// Tools as elements, of OpenAI's definitions; all that a schema has is written.
    static let xmlTools = #"""
        {% macro members(object, known) %}
        {% for key, value in object | items if key not in known %}
        <{{ key }}>{{ value if value is string else value | tojson }}</{{ key }}>
        {% endfor %}
        {% endmacro %}
        {% macro xml_tools() %}
        <tools>
        {% for tool in tools %}
        {% set f = tool.function %}
        {% set schema = f.parameters or {} %}
        <function>
        <name>{{ f.name }}</name>
        {% if f.description is defined %}
        <description>{{ f.description | trim }}</description>
        {% endif %}
        <parameters>
        {% for name, fields in (schema.properties or {}) | items %}
        <parameter>
        <name>{{ name }}</name>
        {% if fields.type is defined %}
        <type>{{ fields.type }}</type>
        {% endif %}
        {% if fields.description is defined %}
        <description>{{ fields.description | trim }}</description>
        {% endif %}
        {{ members(fields, ['name', 'type', 'description']) -}}
        </parameter>
        {% endfor %}
        {{ members(schema, ['type', 'properties']) -}}
        </parameters>
        {{ members(f, ['type', 'name', 'description', 'parameters']) -}}
        </function>
        {% endfor %}
        </tools>
        {% endmacro %}
        """#

    /// Calls as elements.
    static let xmlCalls = #"""
        {% macro xml_calls(calls) %}
        {% for call in calls %}
        <tool_call>
        <function={{ call.function.name }}>
        {% for name, value in call.function.arguments | items %}
        <parameter={{ name }}>
        {{ value if value is string else value | tojson }}
        </parameter>
        {% endfor %}
        </function>
        </tool_call>
        {% endfor %}
        {% endmacro %}
        """#

    /// How calls are to be written, as Qwen 3.5 and Nemotron 3 were taught it.
    static let xmlCallFormat = #"""
        If you choose to call a function ONLY reply in the following format with NO suffix:

        <tool_call>
        <function=example_function_name>
        <parameter=example_parameter_1>
        value_1
        </parameter>
        <parameter=example_parameter_2>
        This is the value for the second parameter
        that can span
        multiple lines
        </parameter>
        </function>
        </tool_call>

        <IMPORTANT>
        Reminder:
        - Function calls MUST follow the specified format: an inner <function=...></function> block must be nested within <tool_call></tool_call> XML tags
        - Required parameters MUST be specified
        - You may provide optional reasoning for your function call in natural language BEFORE the function call, but NOT after
        - If there is no function call available, answer the question like normal with your current knowledge and do not tell the user about function calls
        </IMPORTANT>
        """#

    /// What Laguna is where nobody says so.
    static let poolsideSystem = #"""
        You are a helpful, conversationally-fluent assistant made by Poolside. You are here to be helpful to users through natural language conversations.
        """#
}

import JSON

extension Renderer {
    static let olmo3 = Renderer(
        name: "olmo3", source: olmo3Source,
        variables: ["identity": "You are a helpful function-calling AI assistant. "])
    static let olmo31 = Renderer(
        name: "olmo3.1", source: olmo3Source, variables: ["identity": .string(olmo31Identity + " ")])
    static let olmo3Think = Renderer(
        name: "olmo3-think", source: olmo3Source, variables: ["identity": .string(olmo31Identity), "thinks": true],
        offersTools: false, thinking: .always)
    static let olmo332BThink = Renderer(
        name: "olmo3-32b-think", source: olmo3Source,
        variables: ["identity": "You are a helpful AI assistant.", "thinks": true], offersTools: false,
        thinking: .always)

    private static let olmo31Identity =
        "You are Olmo, a helpful AI assistant built by Ai2. Your date cutoff is December 2024, "
        + "and your model weights are available at https://huggingface.co/allenai."

    private static let olmo3Source = #"""
        \#(RendererParts.turns)
        <|im_start|>system
        {{ system or identity }}
        {%- if thinks %}
        {{ ' You do not currently have access to any functions. <functions></functions>' if system }}
        {%- elif tools %}
        {% if not system %}
        You are provided with function signatures within <functions></functions> XML tags. You may call one or more functions to assist with the user query. Output any function calls within <function_calls></function_calls> XML tags. Do not make assumptions about what values to plug into functions.
        {%- endif -%}
        <functions>{{ tools | tojson }}</functions>
        {%- elif not system -%}
        You do not currently have access to any functions. <functions></functions>
        {%- endif %}
        <|im_end|>
        {% for message in turns if not (thinks and message.role == 'tool') %}
        <|im_start|>{{ 'environment' if message.role == 'tool' else message.role }}
        {{ message.content }}
        {%- if message.tool_calls and not thinks -%}
        <function_calls>
        {%- for call in message.tool_calls %}
        {{ call.function.name }}(
        {%- for name, value in call.function.arguments | dictsort %}
        {{ name }}={{ value | tojson }}{{ ', ' if not loop.last }}
        {%- endfor -%}
        ){{ '\n' if not loop.last }}
        {%- endfor -%}
        </function_calls>
        {%- endif %}
        <|im_end|>
        {% endfor %}
        <|im_start|>assistant
        {{ '<think>' if thinks }}
        """#
}

{#-
    The first rule that a row breaks, else null. `rules` maps a rule's name to the condition that breaks it,
    in order of precedence: {'missing_key': 'user_id is null', 'impossible_duration': 'played_ms < 0'}.
-#}
{% macro reject_rule(rules) -%}
    case
        {%- for rule, broken_when in rules.items() %}
        when {{ broken_when }} then '{{ rule }}'
        {%- endfor %}
    end
{%- endmacro %}

{#- 1 for the copy of a row that counts (the first to arrive), 2 and more for its duplicates. -#}
{% macro copy_number(id) -%}
    row_number() over (partition by {{ id }} order by arrived_at, load_id)
{%- endmacro %}

{#-
    A raw row as one JSON object of texts, the same bytes on every engine: what quarantine keeps of it.
    `columns`: names; those that end in _at are instants. No floats. Control characters that JSON does not allow as
    they are, and has no short escape for, stand as their pictures (decision 063).
-#}
{% macro row_payload(columns) -%}
    {%- if var('is_linted', false) -%}
    {#- sqlfluff judges what stands in a file, and would parse these long expressions for nothing: five seconds each. -#}
    cast(null as text)
    {%- else -%}
    {%- set parts = [] -%}
    {%- for column in columns -%}
        {%- set value = instant_text(column) if column.endswith('_at') else "cast(" ~ column ~ " as text)" -%}
        {%- do parts.append("'\"" ~ column ~ "\": ' || coalesce(" ~ json_string(value) ~ ", 'null')") -%}
    {%- endfor -%}
    {{ control_pictures("'{' || " ~ parts | join(" || ', ' || ") ~ " || '}'") }}
    {%- endif -%}
{%- endmacro %}

{#- A text with pictures of the control characters that JSON does not allow as they are. -#}
{% macro control_pictures(expression) -%}
    translate({{ expression }}, {% for code in control_codes() %}chr({{ code }}){{ " || " if not loop.last }}{% endfor %}, '
    {%- for code in control_codes() %}{{ "%c" | format(9216 + code) }}{% endfor %}')
{%- endmacro %}

{#- Control characters without U+0000, tab, line feed and carriage return. -#}
{% macro control_codes() -%}
    {{ return(range(1, 9) | list + [11, 12] + range(14, 32) | list) }}
{%- endmacro %}

{#- A text as a JSON string. -#}
{% macro json_string(expression) -%}
    '"' || replace(replace(replace(replace(replace(
        {{ expression }}, '\', '\\'), '"', '\"'), chr(10), '\n'), chr(13), '\r'), chr(9), '\t') || '"'
{%- endmacro %}

{#- A key of one or more columns as text. -#}
{% macro record_key(columns) -%}
    {%- for column in columns -%}
        cast({{ column }} as text){{ " || '/' || " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

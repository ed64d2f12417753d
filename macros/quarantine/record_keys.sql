{#- A key of one or more columns as text. -#}
{% macro record_key(columns) -%}
    {%- for column in columns -%}
        cast({{ column }} as text){{ " || '/' || " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- In an incremental model over rejected rows: those whose key has a copy in a load newer than those built. -#}
{% macro and_key_is_touched(relation, key) -%}
    {%- if is_incremental() -%}
        {%- set identity = key[0] if key | length == 1 else record_key(key) -%}
        and {{ identity }} in (
            select {{ identity }}
            from {{ relation }}
            where load_id > (select coalesce(max(built.load_id), 0) from {{ this }} as built)
        )
    {%- endif -%}
{%- endmacro %}

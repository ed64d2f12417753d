{#- Of a list of references (entity, relation, column, condition) the columns of each relation, so that it is read once. -#}
{% macro referring_columns(references) -%}
    {%- set columns = {} -%}
    {%- for entity, relation, column, condition in references -%}
        {%- set named = columns.setdefault(relation, []) -%}
        {%- for name in [column] + ([condition.split(' ')[0]] if condition else []) if name not in named -%}
            {%- do named.append(name) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}

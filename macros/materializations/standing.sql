{#- The relation that stands under a model's name goes, with the views that read it: its views are made after it. -#}
{% macro drop_standing(standing) -%}
    {%- if standing is not none -%}
        drop {{ standing.type.replace('_', ' ') }} if exists {{ standing }} cascade;
    {%- endif -%}
{%- endmacro %}

{#- Tells dbt, once that is so. -#}
{% macro forget_standing(standing) -%}
    {%- if standing is not none -%}
        {%- do adapter.cache_dropped(standing) -%}
    {%- endif -%}
{%- endmacro %}

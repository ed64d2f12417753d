{#- The key of one version of an entity: given at the source, the same on every engine and after every rebuild. -#}
{% macro version_key(id, change_no) -%}
    (cast({{ id }} as bigint) * 10000 + {{ change_no }})
{%- endmacro %}

{#- The members that every dimension carries, so that no fact holds a null key. -#}
{% macro unknown_key() -%}
    -1
{%- endmacro %}
{% macro not_applicable_key() -%}
    -2
{%- endmacro %}

{#- A fact's key: the one found; not applicable where there is nothing to look up; else unknown. -#}
{% macro member_key(found, looked_up) -%}
    case
        when {{ found }} is not null then {{ found }}
        when {{ looked_up }} is null then {{ not_applicable_key() }}
        else {{ unknown_key() }}
    end
{%- endmacro %}

{#- The same members of dim_date, whose key is a date. -#}
{% macro unknown_date() -%}
    cast('1900-01-01' as date)
{%- endmacro %}
{% macro not_applicable_date() -%}
    cast('9999-12-31' as date)
{%- endmacro %}

{#- The member of dim_currency for a fact whose currency is not known. -#}
{% macro unknown_currency() -%}
    'XXX'
{%- endmacro %}

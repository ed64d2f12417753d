{#-
    Ends a CTE whose columns those that follow read several times: what it works out is worked out once for each row.
    Why: PostgreSQL pastes a subquery's expressions wherever they are read, but not past an `offset`; other engines see
    for themselves what is the same. A filter does not get past it either: for tables alone, not for views.
-#}
{% macro worked_out_once() -%}
    {{ return(adapter.dispatch('worked_out_once', 'sonic_warehouse')()) }}
{%- endmacro %}
{% macro default__worked_out_once() -%}
{%- endmacro %}
{% macro postgres__worked_out_once() -%}
    offset 0
{%- endmacro %}

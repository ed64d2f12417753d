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

{#-
    A CTE's columns and `columns`, a map from a name to its expression, each worked out once for each row; in views, too.
    Why: as above. PostgreSQL does not paste what may be null for want of a row to join, and lets filters through; that
    there always is one it sees, and joins nothing. DuckDB would join.
-#}
{% macro with_worked_out(relation, columns) -%}
    {{ return(adapter.dispatch('with_worked_out', 'sonic_warehouse')(relation, columns)) }}
{%- endmacro %}
{% macro default__with_worked_out(relation, columns) -%}
    select
        {{ relation }}.*,
        {%- for column, expression in columns.items() %}
        {{ expression }} as {{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ relation }}
{%- endmacro %}
{% macro postgres__with_worked_out(relation, columns) -%}
    select
        {{ relation }}.*,
        worked_out.{{ columns | join(", worked_out.") }}
    from {{ relation }}
    left join lateral (
        select
            {%- for column, expression in columns.items() %}
            {{ expression }} as {{ column }}{{ "," if not loop.last }}
            {%- endfor %}
    ) as worked_out on true
{%- endmacro %}

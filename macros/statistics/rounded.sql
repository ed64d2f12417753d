{#-
    A double as the nearest whole number, halves up.
    Why: `round` of a double goes to the even neighbour on PostgreSQL, away from 0 on DuckDB.
-#}
{% macro rounded(expression) -%}
    cast(floor({{ expression }} + 0.5) as bigint)
{%- endmacro %}

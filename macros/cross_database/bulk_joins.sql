{#-
    A pre-hook of models that take all rows: join by hash or merge, never row by row.
    Why: PostgreSQL has no statistics of a common table expression, takes it for a few rows, and loops over thousands;
    an increment is small and keeps its index look-ups. Other engines hash anyway.
-#}
{% macro bulk_joins() -%}
    {{ return(adapter.dispatch('bulk_joins', 'sonic_warehouse')()) }}
{%- endmacro %}
{% macro default__bulk_joins() -%}
{%- endmacro %}
{% macro postgres__bulk_joins() -%}
    {% if not is_incremental() %}set local enable_nestloop = off{% endif %}
{%- endmacro %}

{#- Snapshots happen at the data clock, never at the time the build ran: the same raw rows give the same history. -#}
{% macro default__snapshot_get_time() -%}
    {{ data_clock() }}
{%- endmacro %}
{% macro postgres__snapshot_get_time() -%}
    {{ data_clock() }}
{%- endmacro %}
{% macro duckdb__snapshot_get_time() -%}
    {{ data_clock() }}
{%- endmacro %}

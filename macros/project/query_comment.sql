{#- Says in the server's log and in pg_stat_statements which node sent a statement; nothing that changes from run to run. -#}
{% macro query_comment(node) -%}
    {{ "dbt " ~ (node.unique_id if node else "sonic_warehouse") }}
{%- endmacro %}

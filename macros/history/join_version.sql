{#-
    Joins rows to the version of an entity in force at an instant, half-open [valid_from, valid_to).

    fact        alias of the rows
    versions    name of the relation or CTE with the versions
    id_col      column of the fact that holds the entity's durable id
    at_col      column of the fact with the instant
    alias       alias of the joined version (default: `versions`)
    version_id  the id column of the versions (default: `id_col`)
    kind        'left' or 'inner'

    `id_col` and `at_col` may name another alias: 'sessions.user_id'.
-#}
{% macro join_version(fact, versions, id_col, at_col, alias=none, version_id=none, kind='left') -%}
    {%- set version = alias or versions -%}
    {%- set fact_id = id_col if '.' in id_col else fact ~ '.' ~ id_col -%}
    {%- set fact_at = at_col if '.' in at_col else fact ~ '.' ~ at_col -%}
    {{ kind }} join {{ versions }}{{ ' as ' ~ alias if alias }}
        on
            {{ fact_id }} = {{ version }}.{{ version_id or id_col.split('.')[-1] }}
            and {{ fact_at }} >= {{ version }}.valid_from
            and {{ fact_at }} < {{ version }}.valid_to
{%- endmacro %}

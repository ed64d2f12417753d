{#-
    On PostgreSQL a table is made beside the one that stands and takes its place in one statement, with its indexes and
    comments, all in one transaction; dbt sends each by itself.
-#}
{% materialization table, adapter='postgres' %}
    {%- set table = this.incorporate(type='table') -%}
    {%- set standing = load_cached_relation(this) -%}
    {%- set made = table if standing is none else make_intermediate_relation(table) -%}

    {{- run_hooks(pre_hooks, inside_transaction=False) -}}
    {%- do drop_relation_if_exists(load_cached_relation(made)) -%}
    {{- run_hooks(pre_hooks) -}}
    {%- call statement('main') -%}{{ get_create_table_as_sql(False, made, sql) }}{%- endcall -%}
    {%- set taking_its_place -%}
        {%- for index in config.get('indexes', default=[]) %}
        {{ get_create_index_sql(made, index) }};
        {%- endfor %}
        {{ drop_standing(standing) }}
        {%- if made != table %}
        alter table {{ made }} rename to {{ adapter.quote(table.identifier) }};
        {%- endif %}
        {{ comments(table) }}
        analyze {{ table }};
    {%- endset -%}
    {%- if taking_its_place | trim -%}
        {%- call statement('taking_its_place') -%}{{ taking_its_place }}{%- endcall -%}
    {%- endif -%}
    {%- do apply_grants(table, config.get('grants'), should_revoke=false) -%}
    {{- run_hooks(post_hooks) -}}
    {%- do adapter.commit() -%}
    {%- do forget_standing(standing) -%}
    {{- run_hooks(post_hooks, inside_transaction=False) -}}
    {{ return({'relations': [table]}) }}
{% endmaterialization %}

{#- An incremental model that takes all rows is a table; what takes an increment is dbt's. -#}
{% materialization incremental, adapter='postgres' %}
    {{ return(dbt.materialization_incremental_default() if is_incremental() else materialization_table_postgres()) }}
{% endmaterialization %}

{#-
    A table with a contract is filled as it is made, its columns cast to what the contract says: dbt makes it empty and
    inserts, for which the server asks for a page with each row. Where the contract has constraints dbt's way stands.

    All rows are joined by hash, those of an increment too: of a common table expression PostgreSQL has no statistics,
    takes it for a few rows, and loops over thousands, or merges all those of a month by the month alone; of a key of
    several columns it knows each alone, fears long chains under one hash, and sorts all rows with all their columns on
    disk instead.
-#}
{% macro postgres__create_table_as(temporary, relation, sql) -%}
    {%- set constrained = model.constraints or model.columns.values() | selectattr('constraints') | list %}
    set local enable_nestloop = off;
    set local enable_mergejoin = off;
    {% if temporary or constrained or not config.get('contract').enforced -%}
        {{ dbt.postgres__create_table_as(temporary, relation, sql) }}
    {%- else -%}
        {{ get_assert_columns_equivalent(sql) }}
        create table {{ relation }} as
        select
            {%- for column in model.columns.values() %}
            cast(made.{{ column.name }} as {{ column.data_type }}) as {{ column.name }}{{ "," if not loop.last }}
            {%- endfor %}
        from (
            {{ sql }}
        ) as made;
    {%- endif -%}
{%- endmacro %}

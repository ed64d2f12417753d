{#-
    On DuckDB a view is made in one statement as well, in place of the one that stands: dbt makes another beside it,
    renames both and drops the old one, eight statements with all their templates and events.
-#}
{% materialization view, adapter='duckdb' %}
    {%- set view = this.incorporate(type='view') -%}
    {%- set standing = load_cached_relation(this) -%}
    {{- run_hooks(pre_hooks, inside_transaction=False) -}}
    {{- run_hooks(pre_hooks) -}}
    {%- if standing is not none and not standing.is_view -%}
        {%- do adapter.drop_relation(standing) -%}
    {%- endif -%}
    {%- call statement('main') -%}
        {%- if config.get('contract').enforced -%}
            {{ get_assert_columns_equivalent(sql) }}
        {%- endif -%}
        {{ config.get('sql_header') or '' }}
        create or replace view {{ view }} as (
            {{ sql }}
        );
    {%- endcall -%}
    {%- do apply_grants(view, config.get('grants'), should_revoke=false) -%}
    {%- do persist_docs(view, model) -%}
    {{- run_hooks(post_hooks) -}}
    {%- do adapter.commit() -%}
    {{- run_hooks(post_hooks, inside_transaction=False) -}}
    {{ return({'relations': [view]}) }}
{% endmaterialization %}

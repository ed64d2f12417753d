{#-
    On PostgreSQL a view is made in one statement: dbt sends nine, one after another.

    A view that stands and is unchanged is left alone; dbt would make it anew, and drop with the old one all views that
    read it. Unchanged means: the same SQL, columns, descriptions and settings as when it was made, which the comment on
    the view's rule says, and nobody replaced it since. The comment goes with the view, so one that fell together with a
    table below it is made again. Hooks serve the making of a view and do not run for one that is kept.
    `--full-refresh` makes all views.
-#}
{% materialization view, adapter='postgres' %}
    {%- set made_from = local_md5(tojson({
        'sql': sql,
        'description': model.description,
        'columns': model.columns,
        'contract': model.config.contract,
        'persist_docs': model.config.persist_docs,
        'grants': model.config.grants,
    }, sort_keys=true)) -%}
    {%- set view = this.incorporate(type='view') -%}
    {%- set standing = load_cached_relation(this) -%}
    {%- if not should_full_refresh() and standing is not none and standing.is_view and is_made_from(view, made_from) -%}
        {%- call noop_statement('main', 'KEPT', 'KEPT') %}{% endcall -%}
        {{ return({'relations': [view]}) }}
    {%- endif -%}

    {{- run_hooks(pre_hooks, inside_transaction=False) -}}
    {{- run_hooks(pre_hooks) -}}
    {%- call statement('main') -%}
        {{ drop_standing(standing) }}
        {{ config.get('sql_header') or '' }}
        create view {{ view }} as (
            {{ sql }}
        );
        {{ check_contract(view) }}
        {{ comments(view) }}
        {{ note_what_made(view, made_from) }}
    {%- endcall -%}
    {#- what dbt reports; the server answered for the last of these -#}
    {%- do store_raw_result('main', message='CREATE VIEW', code='CREATE VIEW', rows_affected=none) -%}
    {%- do apply_grants(view, config.get('grants'), should_revoke=false) -%}
    {{- run_hooks(post_hooks) -}}
    {%- do adapter.commit() -%}
    {%- do forget_standing(standing) -%}
    {{- run_hooks(post_hooks, inside_transaction=False) -}}
    {{ return({'relations': [view]}) }}
{% endmaterialization %}

{#- What a view is by its own account: the digest of what dbt made it from, and of the server's own text of it. -#}
{% macro is_made_from(view, made_from) -%}
    {%- set found -%}
        select count(*)
        from pg_catalog.pg_rewrite
        where
            ev_class = cast('{{ view.include(database=false) }}' as regclass)
            and rulename = '_RETURN'
            and pg_catalog.obj_description(oid, 'pg_rewrite')
            = '{{ made_from }} ' || pg_catalog.md5(pg_catalog.pg_get_viewdef(ev_class))
    {%- endset -%}
    {{ return(run_query(found).rows[0][0] == 1) }}
{%- endmacro %}

{% macro note_what_made(view, made_from) -%}
    {%- set name = view.include(database=false) -%}
    do $$
    begin
        execute format(
            'comment on rule "_RETURN" on {{ name }} is %L',
            '{{ made_from }} ' || pg_catalog.md5(pg_catalog.pg_get_viewdef('{{ name }}'::regclass))
        );
    end
    $$
{%- endmacro %}

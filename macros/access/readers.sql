{#-
    Who reads a mart (decision 102). A model's meta says `readers: {ROLE: ROWS}`, where ROWS is

        all                     every row
        {COLUMN: own}           rows whose COLUMN is one of the ids that the account stands for (ops.reader_scopes)
        {COLUMN: MART}          rows whose COLUMN the account finds in MART, which has rules of its own

    and a column's meta `personal: true`, which withholds it from roles of the variable `readers` that do not say the same.

    dbt calls this where it gives grants, in the transaction that makes or fills the relation: a table that took another's
    place is never seen without its policies, nor found closed. Nothing is done in a database that no one opened by
    `sonic roles create`. Policies on a table that stands are not touched while their text is the same, as that would wait
    for its readers and make others wait.
-#}
{% macro postgres__apply_grants(relation, grant_config, should_revoke=True) -%}
    {%- do dbt.default__apply_grants(relation, grant_config, should_revoke) -%}
    {%- set opening = opened_to_readers(relation, model) -%}
    {%- if opening -%}
        {%- call statement('readers') -%}{{ opening }}{%- endcall -%}
    {%- endif -%}
{%- endmacro %}

{#- Gives every mart that stands to its readers, whatever they had before: `dbt run-operation open_marts`. -#}
{% macro open_marts() -%}
    {%- set openings = [] -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' -%}
        {%- set relation = load_relation(api.Relation.create(
            database=node.database, schema=node.schema, identifier=node.alias
        )) -%}
        {%- set opening = opened_to_readers(relation, node, anew=true) if relation else '' -%}
        {%- do openings.append(opening) if opening -%}
    {%- endfor -%}
    {%- if openings -%}
        {%- call statement('readers') -%}{{ openings | join(';') }}{%- endcall -%}
        {%- do adapter.commit() -%}
    {%- endif -%}
{%- endmacro %}

{% macro opened_to_readers(relation, node, anew=false) -%}
    {%- set readers = (node.config.meta or {}).get('readers') -%}
    {%- if readers is none -%}{{ return('') }}{%- endif -%}
    {%- set roles = var('readers') -%}
    {%- for role in readers if role not in roles -%}
        {{ exceptions.raise_compiler_error("A reader of " ~ node.name ~ " is not of the variable `readers`: " ~ role) }}
    {%- endfor -%}
    {%- set name = relation.include(database=false) -%}
    {%- set personal = node.columns.values() | selectattr('meta.personal', 'true') | map(attribute='name') | list -%}
    {%- set shown = node.columns.keys() | reject('in', personal) | join(', ') -%}
    {%- set policies -%}
        {%- if readers.values() | reject('equalto', 'all') | list -%}
            {%- for role, rows in readers.items() %}
            create policy {{ role }} on {{ name }} for select to sonic_{{ role }} using ({{ rows_seen(role, rows) }});
            {%- endfor %}
        {%- endif -%}
    {%- endset -%}
    {%- set digest = local_md5(policies) %}
    do $readers$
    begin
        if to_regclass('ops.reader_scopes') is null then
            return;
        end if;
        revoke all on {{ name }} from {% for role in roles %}sonic_{{ role }}{{ ", " if not loop.last }}{% endfor %};
        {%- for role in readers %}
        grant select {%- if personal and not roles[role].get('personal') %} ({{ shown }}){% endif %} on {{ name }} to sonic_{{ role }};
        {%- endfor %}
        {%- if relation.type == 'view' %}
        {#- with the rights of who asks: rules of the tables below hold -#}
        alter view {{ name }} set (security_invoker = true);
        {%- else %}
        {%- if not anew %}
        if
            (select count(*) from pg_catalog.pg_policy where polrelid = cast('{{ name }}' as regclass))
            = (
                select count(*) from pg_catalog.pg_policy
                where
                    polrelid = cast('{{ name }}' as regclass)
                    and pg_catalog.obj_description(oid, 'pg_policy') = '{{ digest }}'
            )
            and {{ 'exists' if policies | trim else 'not exists' }} (
                select from pg_catalog.pg_policy where polrelid = cast('{{ name }}' as regclass)
            )
        then
            return;
        end if;
        {%- endif %}
        {%- for role in roles %}
        drop policy if exists {{ role }} on {{ name }};
        {%- endfor %}
        alter table {{ name }} {{ 'enable' if policies | trim else 'disable' }} row level security;
        {{ policies }}
        {%- if policies | trim %}
        {%- for role in readers %}
        comment on policy {{ role }} on {{ name }} is '{{ digest }}';
        {%- endfor %}
        {%- endif %}
        {%- endif %}
    end
    $readers$
{%- endmacro %}

{% macro rows_seen(role, rows) -%}
    {%- if rows == 'all' -%}
    true
    {%- else -%}
        {%- for column, where in rows.items() -%}
            {%- if where == 'own' -%}
    {{ column }} in (select own.id from ops.own('{{ role }}') as own (id))
            {%- else -%}
    {{ column }} in (select seen.id from ops.seen('{{ where }}', '{{ column }}') as seen (id))
            {%- endif -%}
            {{ " and " if not loop.last }}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

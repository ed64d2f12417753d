{#-
    Relations of a schema, by what depends on it. dbt asks three views of the catalogue that each read all relations of the
    database, once a schema: the months of each log and their indexes among them.
-#}
{% macro postgres__list_relations_without_caching(schema_relation) -%}
    {%- call statement('list_relations_without_caching', fetch_result=True) %}
        select
            '{{ schema_relation.database }}' as database,
            relname as name,
            '{{ schema_relation.schema }}' as schema,
            case relkind when 'v' then 'view' when 'm' then 'materialized_view' else 'table' end as type
        from pg_catalog.pg_class
        where
            relkind in ('r', 'p', 'v', 'm')
            and oid = any(array(
                select depending.objid
                from pg_catalog.pg_depend as depending
                where
                    depending.classid = 'pg_catalog.pg_class'::regclass
                    and depending.refclassid = 'pg_catalog.pg_namespace'::regclass
                    and depending.refobjid = pg_catalog.to_regnamespace('{{ adapter.quote(schema_relation.schema) }}')
            ))
    {% endcall -%}
    {{ return(load_result('list_relations_without_caching').table) }}
{%- endmacro %}

{#-
    Columns of a relation from PostgreSQL's own catalogue. dbt asks information_schema, which checks the privileges of
    every column of the database for each question: 20 ms for one relation, several times per model.
    A relation without schema is one that the session sees, such as a temporary table.
-#}
{% macro postgres__get_columns_in_relation(relation) -%}
    {%- call statement('get_columns_in_relation', fetch_result=True) %}
        select
            attname as column_name,
            pg_catalog.format_type(atttypid, null) as data_type,
            case when atttypid in ({{ bounded_texts() }}) and atttypmod > 4 then atttypmod - 4 end
                as character_maximum_length,
            case when {{ is_bounded_numeric() }} then ((atttypmod - 4) >> 16) & 65535 end as numeric_precision,
            case when {{ is_bounded_numeric() }} then (atttypmod - 4) & 2047 end as numeric_scale
        from pg_catalog.pg_attribute
        where
            attrelid = pg_catalog.to_regclass('{{ relation.include(database=false) }}')
            and attnum > 0
            and not attisdropped
        order by attnum
    {% endcall -%}
    {{ return(sql_convert_columns_in_relation(load_result('get_columns_in_relation').table)) }}
{%- endmacro %}

{% macro bounded_texts() -%}
    'pg_catalog.bpchar'::regtype, 'pg_catalog.varchar'::regtype
{%- endmacro %}

{% macro is_bounded_numeric() -%}
    atttypid = 'pg_catalog.numeric'::regtype and atttypmod > 4
{%- endmacro %}

{#-
    Whether a relation keeps its model's contract, by PostgreSQL's own catalogue: each column is there, no other is, and
    of that very type. dbt has the server plan the model's query and another one with the contract's types, and then
    takes `integer` for `smallint` and `text` for `varchar`.
-#}
{% macro check_contract(relation) -%}
    {%- if config.get('contract').enforced %}
    do $contract$
    declare
        differences text;
    begin
        select string_agg(format('%s: %s by contract, %s in the model', name, wanted, there), '; ' order by name)
        into differences
        from (
            select
                coalesce(contract.name, attname) as name,
                coalesce(cast(contract.type as text), 'not there') as wanted,
                coalesce(cast(cast(atttypid as regtype) as text), 'not there') as there
            from (
                values
                {%- for column in model.columns.values() %}
                ('{{ column.name }}', cast('{{ column.data_type }}' as regtype)){{ "," if not loop.last }}
                {%- endfor %}
            ) as contract (name, type)
            full join (
                select attname, atttypid
                from pg_catalog.pg_attribute
                where attrelid = cast('{{ relation.include(database=false) }}' as regclass) and attnum > 0
            ) as columns on contract.name = attname
            where contract.type is distinct from atttypid
        ) as compared;
        if differences is not null then
            raise exception 'This model has an enforced contract that failed: %', differences;
        end if;
    end
    $contract$;
    {%- endif -%}
{%- endmacro %}

{#- Before a table is filled: a view for the moment has the columns of its query, which nobody plans. -#}
{% macro postgres__get_assert_columns_equivalent(sql) -%}
    {%- set asked = api.Relation.create(identifier='asked_for_its_contract') -%}
    {%- call statement('contract') -%}
        create temporary view {{ asked }} as (
            {{ sql }}
        );
        {{ check_contract(asked) }}
        drop view {{ asked }}
    {%- endcall -%}
{%- endmacro %}

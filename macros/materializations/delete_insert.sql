{#-
    What an increment writes anew is taken away by the table's index of the key, the first two columns of it at most: as
    dbt deletes, by the key alone, a build's session hashes and so reads the whole table.
-#}
{% macro postgres__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
    {%- set key = [unique_key] if unique_key is string else unique_key -%}
    {%- set indexed = config.get('indexes', default=[]) | map(attribute='columns') | selectattr(0, 'in', key) | list -%}
    {%- set columns = dest_columns | map(attribute='quoted') | join(', ') %}
    delete from {{ target }} as standing
    where
        ({{ key | join(', ') }}) in (select written.{{ key | join(', written.') }} from {{ source }} as written)
        {%- for column in (indexed + [[]])[0][:2] if column in key %}
        and {{ is_one_of('standing.' ~ column, 'select distinct written.' ~ column ~ ' from ' ~ source ~ ' as written') }}
        {%- endfor %}
        {%- for predicate in incremental_predicates or [] %}
        and {{ predicate }}
        {%- endfor %};

    insert into {{ target }} ({{ columns }})
    select {{ columns }}
    from {{ source }}
{%- endmacro %}

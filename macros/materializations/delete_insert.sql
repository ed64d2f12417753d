{#-
    What an increment writes anew is taken away by the table's index of the key, the first two columns of it at most: as
    dbt deletes, by the key alone, a build's session hashes and so reads the whole table. A row that stands as it would
    be written stays: of a day or a month that is worked out anew as a whole most rows do, and each one written asks for
    pages of every index. Which row is which says the table's unique index.
-#}
{% macro postgres__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
    {%- set key = [unique_key] if unique_key is string else unique_key -%}
    {%- set indexes = config.get('indexes', default=[]) -%}
    {%- set indexed = indexes | map(attribute='columns') | selectattr(0, 'in', key) | list -%}
    {%- set row_key = (indexes | selectattr('unique', 'defined') | map(attribute='columns') | list + [[]])[0] -%}
    {%- set columns = dest_columns | map(attribute='quoted') | join(', ') %}
    {#- read once, from the rows written -#}
    {%- set keys -%}
        with keys as (
            select distinct written.{{ key | join(', written.') }}
            from {{ source }} as written
        )
    {%- endset -%}
    {%- set found -%}
        {%- for column in (indexed + [[]])[0][:2] if column in key %}
        and {{ is_one_of('standing.' ~ column, 'select keys.' ~ column ~ ' from keys') }}
        {%- endfor %}
        {%- for predicate in incremental_predicates or [] %}
        and {{ predicate }}
        {%- endfor %}
    {%- endset %}
    {{ keys }}
    delete from {{ target }} as standing
    where
        ({{ key | join(', ') }}) in (select keys.{{ key | join(', keys.') }} from keys)
        {{- found }}
        {%- if row_key %}
        and not exists (
            select 1
            from {{ source }} as written
            where
                (standing.{{ row_key | join(', standing.') }}) = (written.{{ row_key | join(', written.') }})
                and (standing.{{ dest_columns | map(attribute='quoted') | join(', standing.') }})
                is not distinct from (written.{{ dest_columns | map(attribute='quoted') | join(', written.') }})
        )
        {%- endif %};

    {{ keys if row_key }}
    insert into {{ target }} ({{ columns }})
    select {{ columns }}
    from {{ source }} as written
    {%- if row_key %}
    where
        not exists (
            select 1
            from {{ target }} as standing
            where
                (standing.{{ row_key | join(', standing.') }}) = (written.{{ row_key | join(', written.') }})
                {{- found }}
        )
    {%- endif %}
{%- endmacro %}

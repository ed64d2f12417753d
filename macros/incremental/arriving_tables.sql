{#- The tables of `rejecting_tables` whose key begins with an id: those that `base_ops__arrivals` has. -#}
{% macro arriving_tables() -%}
    {%- set tables = [] -%}
    {%- for table in rejecting_tables() if table.key[0].endswith('_id') -%}
        {%- do tables.append(table) -%}
    {%- endfor -%}
    {{ return(tables) }}
{%- endmacro %}

{#-
    Ids of a judged table of which a newer load brought a row, found by the raw table's own index. What counts of these
    rows says the relation that is then asked for the ids. Of one table a view of its own tells them: for that of all,
    PostgreSQL looks at each month of every table before it drops what was not asked for.
-#}
{% macro arrived_ids(table) -%}
    select arrived.record_id
    from {{ ref('base_ops__arrived_' ~ table) }} as arrived
    where {{ is_newer_load('arrived.load_id') }}
{%- endmacro %}

{#-
    In an incremental model that has `arrivals`, the rows of `base_ops__arrivals` which newer loads brought: continues a
    condition with the rows of a judged table whose id is among them. Issued keys have a day instead.
-#}
{% macro and_id_arrived(name) -%}
    {%- if is_incremental() -%}
        {%- for table in arriving_tables() if table.name == name -%}
            and {{ is_one_of(
                table.key[0], "select arrivals.record_id from arrivals where arrivals.table_name = '" ~ name ~ "'"
            ) }}
        {%- endfor -%}
        {%- if name == 'issued_keys' -%}
            and {{ is_one_of('issued_date', arrived_days()) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{#- Days of issued keys of which a newer load brought a row. -#}
{% macro arrived_days() -%}
    select arrived.issued_date
    from {{ ref('base_opening__issued_days') }} as arrived
    where {{ is_newer_load_in('arrived') }}
{%- endmacro %}

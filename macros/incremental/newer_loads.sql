{#-
    Incremental models take what has a newer load id than they hold, never what is newer by event time: late rows count.

    A full run takes all rows. Select touched keys first, then all rows of those keys, and delete + insert by that key:

        touched as (
            {{ touched_keys('streams', ['user_id', 'local_date']) }}
        )

    A key that is touched but has no row left would stay behind: a model keeps a row per key (or a flag), or takes such
    keys away before (`drop_months_without_streams`).
-#}
{% macro is_newer_load(load_id='load_id', held='load_id') -%}
    {%- if is_incremental() -%}
        {{ load_id }} > (select coalesce(max(built.{{ held }}), 0) from {{ this }} as built)
    {%- else -%}
        {{ load_id }} is not null
    {%- endif -%}
{%- endmacro %}

{#-
    The same of a long table with an index of its loads, `alias` in the query: its last load is named, too, as PostgreSQL
    expects a third of a table behind a watermark that it does not know, and would rather read all of it in some order.
-#}
{% macro is_newer_load_of(relation, alias='newer', held='load_id') -%}
    {{ is_newer_load(alias ~ '.load_id', held) }}
    {%- if is_incremental() %}
        and {{ alias }}.load_id <= (select max(latest.load_id) from {{ relation }} as latest)
    {%- endif -%}
{%- endmacro %}

{#-
    The same of a view of a long table, to whose index of loads the condition passes: what its last load is PostgreSQL
    would read all of it to say, and any other bound does as well.
-#}
{% macro is_newer_load_in(alias, held='load_id') -%}
    {{ is_newer_load(alias ~ '.load_id', held) }}
    {%- if is_incremental() %}
        and {{ alias }}.load_id < 9223372036854775807
    {%- endif -%}
{%- endmacro %}

{% macro touched_keys(relation, keys, load_id='load_id') -%}
select distinct
    {% for key in keys -%}
    {{ relation }}.{{ key }}{{ "," if not loop.last }}
    {% endfor -%}
from {{ relation }}
where {{ is_newer_load(relation ~ '.' ~ load_id) }}
{%- endmacro %}

{#-
    In an incremental run: where `column` is one of those that `query` finds; all rows otherwise.
    Why not plainly `in`: PostgreSQL makes a join of it, which it works out after all look-ups of a view below, over the
    whole of history; an array it finds first and takes to the table's index. Other engines push the plain form down.
-#}
{% macro where_one_of(column, query) -%}
    {%- if is_incremental() -%}
        where {{ is_one_of(column, query) }}
    {%- endif -%}
{%- endmacro %}

{#- Continues a condition likewise. -#}
{% macro and_one_of(column, query) -%}
    {%- if is_incremental() -%}
        and {{ is_one_of(column, query) }}
    {%- endif -%}
{%- endmacro %}

{% macro is_one_of(column, query) -%}
    {{ adapter.dispatch('is_one_of', 'sonic_warehouse')(column, query) }}
{%- endmacro %}

{% macro default__is_one_of(column, query) -%}
    {{ column }} in ({{ query }})
{%- endmacro %}

{% macro postgres__is_one_of(column, query) -%}
    {{ column }} = any(array({{ query }}))
{%- endmacro %}

{#-
    Continues a query for ids with the rows of this model that read what came since: `looked_up` lists relations with
    the indexed column of this model that finds their rows; `since` is a CTE with the watermark.
-#}
{% macro or_that_read(looked_up, id) -%}
    {%- for relation, key in looked_up %}
    {%- set newer -%}
        select found.{{ key }}
        from {{ relation }} as found
        where found.load_id > (select since.load_id from since)
    {%- endset %}
    union all
    select reading.{{ id }}
    from {{ this }} as reading
    where {{ is_one_of('reading.' ~ key, newer) }}
    {%- endfor -%}
{%- endmacro %}

{#-
    In an incremental run: where `user_id` is one of the accounts that `query` finds, and `local_date` one of the days; all
    rows otherwise. So many days of these accounts are found by index; those that have nothing new the last filter drops.
-#}
{% macro where_account_days_of(query) -%}
    {{ where_one_of('user_id', 'select account_days.user_id from (' ~ query ~ ') as account_days') }}
    {%- if is_incremental() %}
        and {{ is_one_of(
            'local_date',
            'select account_days.local_date from (' ~ query ~ ') as account_days group by account_days.local_date'
        ) }}
    {%- endif -%}
{%- endmacro %}

{#-
    How many copies of a row of a log were purged: one if its key is among those of ops.purged_keys, which came first,
    so that what arrives later is a duplicate still. `number` is the last column of the log's key, `scope` the one before
    it, if there is one. A key beyond all those purged, as nearly every one is, costs a comparison.
-#}
{% macro purged_copies(log, number, scope=none) -%}
    {%- if var('data_date') -%}
        {#- A source that keeps no record of loads keeps none of purges. -#}
        0
    {%- else -%}
        case
            when
                {{ scope or number }} > (
                    select coalesce(max({{ 'latest.scope_id' if scope else 'latest.last_no' }}), 0)
                    from {{ source('ops', 'purged_keys') }} as latest
                    where latest.table_name = '{{ log }}'
                )
                then 0
            when
                exists (
                    select 1
                    from {{ source('ops', 'purged_keys') }} as purged
                    where
                        purged.table_name = '{{ log }}'
                        and purged.scope_id = {{ scope or 0 }}
                        and {{ number }} between purged.first_no and purged.last_no
                )
                then 1
            else 0
        end
    {%- endif -%}
{%- endmacro %}

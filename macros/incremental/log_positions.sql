{#-
    Places in a log that count what arrived on earlier days: they move from the first day on of which something came.
    For an increment of a fact of several logs, each with `event_source`, `event_id`, `log_position`, `arrived_at`, which
    has two CTEs: `touched` with the entries that came or are told anew, `firsts` with the first day of them by log.

    `entries_placed_again` selects the ids of a log that are placed again; `entries_before` says how many stand before them.
-#}
{% macro entries_placed_again(log) -%}
    select touched.event_id
    from touched
    where touched.event_source = '{{ log }}'
    union all
    select standing.event_id
    from {{ this }} as standing
    where {{ standing_since_first(log) }}
{%- endmacro %}

{% macro entries_before(log) -%}
    {%- if is_incremental() -%}
        coalesce(
            (select min(standing.log_position) - 1 from {{ this }} as standing where {{ standing_since_first(log) }}),
            (select max(standing.log_position) from {{ this }} as standing where standing.event_source = '{{ log }}'),
            0
        )
    {%- else -%}
        0
    {%- endif -%}
{%- endmacro %}

{#- Between two bounds: behind one alone PostgreSQL expects a third of the table. -#}
{% macro standing_since_first(log) -%}
    standing.event_source = '{{ log }}'
    and standing.arrived_at >= (
        select {{ date_instant('firsts.day_date') }} from firsts where firsts.event_source = '{{ log }}'
    )
    and standing.arrived_at <= (
        select max(latest.arrived_at) from {{ this }} as latest where latest.event_source = '{{ log }}'
    )
{%- endmacro %}

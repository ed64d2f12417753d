{#-
    From which close on a play counts for its recording. One that arrives before its recording's row or its content's
    counts from the close that knows all. First versions also hold for what was played before they arrived; every later
    one holds in open months alone, so none but the first keeps a play waiting.

    first_rows    CTEs first_recordings and first_contents, of the relations of the change rows and of the versions
    met_first     joins them to plays: song_key, content_id, started_at
    known_month   first day of the month from whose close on it counts
-#}
{% macro first_rows(song_changes, content_versions, content_changes) -%}
first_recordings as (
    select
        song_id,
        {{ version_key('song_id', 0) }} as song_key,
        arrived_at
    from {{ song_changes }}
    where change_no = 0
),

first_contents as (
    select
        versions.content_id,
        versions.valid_to,
        changes.arrived_at
    from {{ content_versions }} as versions
    inner join {{ content_changes }} as changes on versions.content_id = changes.content_id
    where
        versions.content_key = {{ version_key('versions.content_id', 0) }}
        and changes.change_no = 0
)
{%- endmacro %}

{% macro met_first(plays) -%}
left join first_recordings on {{ plays }}.song_key = first_recordings.song_key
left join first_contents
    on
        {{ plays }}.content_id = first_contents.content_id
        and {{ plays }}.started_at < first_contents.valid_to
{%- endmacro %}

{% macro known_month(plays) -%}
    greatest(
        {{ plays }}.booking_month,
        {{ booking_month(month_start(plays ~ '.started_date'), 'first_recordings.arrived_at') }},
        {{ booking_month(month_start(plays ~ '.started_date'), 'first_contents.arrived_at') }}
    )
{%- endmacro %}

-- An entity whose first row has arrived has a version at every instant from its creation on. Where that row came after
-- its month's close, from the start of the month that was open then, and not before: closed months do not learn of it.
{%- set dimensions = [
    ('dim_user', 'identity', 'users', 'user_id', 'user_key'),
    ('dim_artist', 'catalog', 'artists', 'artist_id', 'artist_key'),
    ('dim_song', 'catalog', 'songs', 'song_id', 'song_key'),
    ('dim_playlist', 'engagement', 'playlists', 'playlist_id', 'playlist_key'),
] %}

with
clock as (
    select {{ month_start('history_start') }} as first_month
    from {{ ref('int_clock') }}
),

{% for dimension, domain, table, id, key in dimensions -%}
{{ dimension }}_changes as (
    {{ change_rows(domain, table, id, ['created_at']) }}
),

{{ dimension }}_versions as (
    select
        {{ id }},
        min({{ key }}) as first_key,
        min(valid_from) as first_valid_from
    from {{ ref(dimension) }}
    where
        {{ id }} > 0
        and not is_inferred
    group by {{ id }}
),

{% endfor -%}

firsts as (
    {% for dimension, domain, table, id, key in dimensions -%}
    select
        '{{ dimension }}' as dimension,
        versions.{{ id }} as entity_id,
        versions.first_valid_from,
        {{ holds_from('changes.created_at', 'changes.arrived_at', 'clock.first_month') }} as holds_from,
        {{ is_too_late('changes.created_at', 'changes.arrived_at', 'clock.first_month') }} as is_too_late
    from {{ dimension }}_versions as versions
    inner join {{ dimension }}_changes as changes on versions.{{ id }} = changes.{{ id }}
    cross join clock
    where
        changes.change_no = 0
        and versions.first_key = {{ version_key('versions.' ~ id, 0) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select *
from firsts
where
    first_valid_from > holds_from
    or (is_too_late and first_valid_from < holds_from)

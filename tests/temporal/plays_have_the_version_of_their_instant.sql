-- A play's version keys are those of the versions in force at its start, looked up afresh: the first version for a
-- play before the creation, and the inferred member for an entity whose row has not arrived.
{%- set dimensions = [
    ('dim_user', 'user_id', 'user_key'),
    ('dim_song', 'song_id', 'song_key'),
    ('dim_artist', 'artist_id', 'artist_key'),
    ('dim_playlist', 'playlist_id', 'playlist_key'),
] %}

with
plays as (
    select * from {{ ref('fct_streams') }}
    {{ where_came_since(tested_load_id()) }}
),

{% for dimension, id, key in dimensions -%}
{{ dimension }}_versions as (
    select
        {{ id }},
        {{ key }},
        case
            when lag(valid_from) over (partition by {{ id }} order by valid_from) is null then {{ start_of_time() }}
            else valid_from
        end as holds_from,
        valid_to
    from {{ ref(dimension) }}
){{ "," if not loop.last }}

{% endfor -%}

{% for dimension, id, key in dimensions -%}
select
    plays.stream_id,
    '{{ key }}' as key_name,
    plays.{{ key }} as key_on_the_play,
    versions.{{ key }} as key_in_force
from plays
left join {{ dimension }}_versions as versions
    on
        plays.{{ id }} = versions.{{ id }}
        and plays.started_at >= versions.holds_from
        and plays.started_at < versions.valid_to
where plays.{{ key }} is distinct from versions.{{ key }}
{% if not loop.last %}union all{% endif %}
{% endfor %}

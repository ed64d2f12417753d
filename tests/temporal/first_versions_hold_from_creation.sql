-- An entity whose first row has arrived has a version at every instant from its creation on.
{%- set dimensions = [
    ('dim_user', 'user_id', 'user_key'),
    ('dim_artist', 'artist_id', 'artist_key'),
    ('dim_song', 'song_id', 'song_key'),
    ('dim_playlist', 'playlist_id', 'playlist_key'),
] %}

{% for dimension, id, key in dimensions -%}
select
    '{{ dimension }}' as dimension,
    {{ id }} as entity_id,
    min(valid_from) as first_valid_from,
    min(created_at) as created_at
from {{ ref(dimension) }}
where
    {{ id }} > 0
    and not is_inferred
group by {{ id }}
having
    min({{ key }}) = {{ version_key(id, 0) }}
    and min(valid_from) > min(created_at)
{% if not loop.last %}union all{% endif %}
{% endfor %}

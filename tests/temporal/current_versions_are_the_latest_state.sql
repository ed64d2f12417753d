-- The version that is current says what the latest state says, and every entity that has arrived has one.
{%- set dimensions = [
    ('dim_user', 'stg_identity__users', 'user_id', ['status', 'language_id']),
    ('dim_artist', 'stg_catalog__artists', 'artist_id', ['name', 'verification_status']),
    ('dim_song', 'stg_catalog__songs', 'song_id', ['title', 'duration_ms']),
    ('dim_playlist', 'stg_engagement__playlists', 'playlist_id', ['name', 'version_no']),
    ('dim_plan', 'stg_billing__plan_prices', 'plan_price_id', ['price_minor', 'billing_cycle']),
] %}

with
{% for dimension, staged, id, attributes in dimensions -%}
{{ dimension }}_current as (
    select
        {{ id }},
        {{ attributes | join(', ') }}
    from {{ ref(dimension) }}
    where
        is_current
        and {{ id }} > 0
        {{ 'and not is_inferred' if dimension != 'dim_plan' }}
),

{{ dimension }}_latest as (
    select
        {{ id }},
        {{ attributes | join(', ') }}
    from {{ ref(staged) }}
){{ "," if not loop.last }}

{% endfor -%}

{% for dimension, staged, id, attributes in dimensions -%}
select
    '{{ dimension }}' as dimension,
    coalesce(versions.{{ id }}, latest.{{ id }}) as entity_id
from {{ dimension }}_current as versions
full outer join {{ dimension }}_latest as latest
    on versions.{{ id }} = latest.{{ id }}
where
    versions.{{ id }} is null
    or latest.{{ id }} is null
    or versions.{{ attributes[0] }} is distinct from latest.{{ attributes[0] }}
    or versions.{{ attributes[1] }} is distinct from latest.{{ attributes[1] }}
{% if not loop.last %}union all{% endif %}
{% endfor %}

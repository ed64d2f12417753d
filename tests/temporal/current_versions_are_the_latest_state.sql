-- The version that is current says what the latest state says, and every entity that has arrived has one.
{%- set dimensions = [
    ('dim_user', 'stg_identity__users', 'user_id', {'status': 'status', 'language_id': 'language_id'}),
    ('dim_artist', 'stg_catalog__artists', 'artist_id', {
        'name': 'name', 'verification_status': 'verification_status', 'label_id': 'coalesce(label_id, -2)',
    }),
    ('dim_song', 'stg_catalog__songs', 'song_id', {'title': 'title', 'duration_ms': 'duration_ms'}),
    ('dim_playlist', 'stg_engagement__playlists', 'playlist_id', {'name': 'name', 'version_no': 'version_no'}),
    ('dim_plan', 'stg_billing__plan_prices', 'plan_price_id', {
        'price_minor': 'price_minor', 'billing_cycle': 'billing_cycle',
    }),
] %}

with
{% for dimension, staged, id, attributes in dimensions -%}
{{ dimension }}_current as (
    select
        {{ id }}
        {%- for attribute in attributes %},
        {{ attribute }}
        {%- endfor %}
    from {{ ref(dimension) }}
    where
        is_current
        and {{ id }} > 0
        {%- if dimension != 'dim_plan' %}
        and not is_inferred
        {%- endif %}
),

{{ dimension }}_latest as (
    select
        {{ id }}
        {%- for attribute, expression in attributes.items() %},
        {{ expression }} as {{ attribute }}
        {%- endfor %}
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
    {%- for attribute in attributes %}
    or versions.{{ attribute }} is distinct from latest.{{ attribute }}
    {%- endfor %}
{% if not loop.last %}union all{% endif %}
{% endfor %}

{{ config(
    materialized='incremental',
    incremental_strategy='append'
) }}
{#- Which raw table's ids stand in which column: (entity, staged relation, column, condition). -#}
{%- set references = [
    ('users', 'stg_engagement__streams', 'user_id', none),
    ('users', 'stg_engagement__listening_sessions', 'user_id', none),
    ('users', 'stg_engagement__voice_commands', 'user_id', none),
    ('users', 'stg_engagement__reactions', 'user_id', none),
    ('users', 'stg_engagement__follows', 'follower_user_id', none),
    ('users', 'stg_engagement__playlists', 'owner_user_id', none),
    ('users', 'stg_identity__devices', 'user_id', none),
    ('users', 'stg_identity__household_members', 'user_id', none),
    ('users', 'stg_catalog__artists', 'user_id', none),
    ('users', 'stg_catalog__labels', 'owner_user_id', none),
    ('users', 'stg_billing__subscriptions', 'user_id', none),
    ('users', 'stg_billing__invoices', 'user_id', none),
    ('users', 'stg_billing__transactions', 'user_id', none),
    ('users', 'stg_billing__tips', 'user_id', none),
    ('users', 'stg_ads__ad_requests', 'user_id', none),
    ('users', 'stg_ads__ad_impressions', 'user_id', none),
    ('devices', 'stg_engagement__streams', 'device_id', none),
    ('devices', 'stg_engagement__listening_sessions', 'device_id', none),
    ('devices', 'stg_engagement__voice_commands', 'device_id', none),
    ('devices', 'stg_ads__ad_requests', 'device_id', none),
    ('devices', 'stg_ads__ad_impressions', 'device_id', none),
    ('content', 'stg_engagement__streams', 'content_id', none),
    ('content', 'stg_engagement__voice_commands', 'resolved_content_id', none),
    ('content', 'stg_engagement__reactions', 'target_id', "target_type = 'content'"),
    ('content', 'stg_engagement__playlist_items', 'content_id', none),
    ('content', 'stg_catalog__songs', 'content_id', none),
    ('content', 'stg_ads__campaigns', 'promoted_content_id', none),
    ('songs', 'stg_catalog__songs', 'cover_of_song_id', none),
    ('songs', 'stg_catalog__song_artists', 'song_id', none),
    ('songs', 'stg_catalog__song_genres', 'song_id', none),
    ('songs', 'stg_catalog__song_moods', 'song_id', none),
    ('songs', 'stg_catalog__song_localizations', 'song_id', none),
    ('songs', 'stg_royalties__song_works', 'song_id', none),
    ('songs', 'stg_royalties__revenue_splits', 'song_id', none),
    ('songs', 'stg_opening__opening_song_streams', 'song_id', none),
    ('albums', 'stg_catalog__songs', 'album_id', none),
    ('albums', 'stg_engagement__streams', 'context_id', "context_type = 'album'"),
    ('artists', 'stg_catalog__content', 'artist_id', none),
    ('artists', 'stg_catalog__albums', 'artist_id', none),
    ('artists', 'stg_catalog__song_artists', 'artist_id', none),
    ('artists', 'stg_engagement__streams', 'context_id', "context_type = 'artist'"),
    ('artists', 'stg_engagement__follows', 'target_id', "target_type = 'artist'"),
    ('artists', 'stg_billing__tips', 'artist_id', none),
    ('artists', 'stg_royalties__royalty_rates', 'artist_id', none),
    ('artists', 'stg_royalties__payees', 'artist_id', none),
    ('artists', 'stg_ads__campaigns', 'creator_artist_id', none),
    ('playlists', 'stg_engagement__streams', 'context_id', "context_type = 'playlist'"),
    ('playlists', 'stg_engagement__playlist_items', 'playlist_id', none),
    ('advertisers', 'stg_ads__campaigns', 'advertiser_id', none),
    ('campaigns', 'stg_ads__campaign_targets', 'campaign_id', none),
    ('campaigns', 'stg_ads__creatives', 'campaign_id', none),
    ('campaigns', 'stg_ads__ad_impressions', 'campaign_id', none),
    ('creatives', 'stg_ads__ad_impressions', 'creative_id', none),
] %}

with
{% for entity, relation, column, condition in references -%}
reference_{{ loop.index }} as (
    select
        '{{ entity }}' as entity,
        {{ column }} as entity_id,
        min(load_id) as load_id
    from {{ ref(relation) }}
    where
        {{ column }} is not null
        and {{ is_newer_load() }}
        {%- if condition %}
        and {{ condition }}
        {%- endif %}
    group by {{ column }}
),

{% endfor -%}
every_reference as (
    {% for reference in references -%}
    select * from reference_{{ loop.index }}
    {%- if not loop.last %}
    union all
    {% endif -%}
    {% endfor %}
),

first_references as (
    select
        entity,
        entity_id,
        min(load_id) as load_id
    from every_reference
    group by
        entity,
        entity_id
)

select
    first_references.entity,
    first_references.entity_id,
    first_references.load_id
from first_references
{% if is_incremental() -%}
left join {{ this }} as built
    on
        first_references.entity = built.entity
        and first_references.entity_id = built.entity_id
where built.entity_id is null
{%- endif %}

{{ config(materialized='table') }}

with
entity_references as (
    select * from {{ ref('int_entity_references') }}
),

issued as (
    select
        entity,
        last_id
    from {{ ref('int_issued_keys') }}
),

user_versions as (
    select * from {{ ref('int_user_versions') }}
),

artist_versions as (
    select * from {{ ref('int_artist_versions') }}
),

song_versions as (
    select * from {{ ref('int_song_versions') }}
),

playlist_versions as (
    select * from {{ ref('int_playlist_versions') }}
),

campaign_versions as (
    select * from {{ ref('int_campaign_versions') }}
),

content as (
    select content_id from {{ ref('stg_catalog__content') }}
),

albums as (
    select album_id from {{ ref('stg_catalog__albums') }}
),

devices as (
    select device_id from {{ ref('stg_identity__devices') }}
),

advertisers as (
    select advertiser_id from {{ ref('stg_ads__advertisers') }}
),

creatives as (
    select creative_id from {{ ref('stg_ads__creatives') }}
),

communities as (
    select community_id from {{ ref('stg_community__communities') }}
),

products as (
    select product_id from {{ ref('stg_billing__products') }}
),

live_events as (
    select live_event_id from {{ ref('stg_live__live_events') }}
),

support_agents as (
    select support_agent_id from {{ ref('stg_support__support_agents') }}
),

-- has_first: nothing is left to infer, as the row that the entity began with is here.
arrived as (
    {% for entity, relation, id, key in [
        ('users', 'user_versions', 'user_id', 'user_key'),
        ('artists', 'artist_versions', 'artist_id', 'artist_key'),
        ('songs', 'song_versions', 'song_id', 'song_key'),
        ('playlists', 'playlist_versions', 'playlist_id', 'playlist_key'),
        ('campaigns', 'campaign_versions', 'campaign_id', 'campaign_key'),
    ] -%}
    select
        '{{ entity }}' as entity,
        {{ id }} as entity_id,
        min({{ key }}) = {{ version_key(id, 0) }} as has_first,
        min(valid_from) as known_from
    from {{ relation }}
    group by {{ id }}
    union all
    {% endfor -%}
    {% for entity, id in [
        ('content', 'content_id'),
        ('albums', 'album_id'),
        ('devices', 'device_id'),
        ('advertisers', 'advertiser_id'),
        ('creatives', 'creative_id'),
        ('communities', 'community_id'),
        ('live_events', 'live_event_id'),
        ('products', 'product_id'),
        ('support_agents', 'support_agent_id'),
    ] -%}
    select
        '{{ entity }}' as entity,
        {{ id }} as entity_id,
        true as has_first,
        cast(null as timestamptz) as known_from
    from {{ entity }}
    {%- if not loop.last %}
    union all
    {% endif -%}
    {% endfor %}
),

referenced as (
    select
        entity_references.entity,
        entity_references.entity_id,
        arrived.known_from,
        entity_references.entity_id < {{ not_applicable_key() }} as is_erased
    from entity_references
    left join issued
        on entity_references.entity = issued.entity
    left join arrived
        on
            entity_references.entity = arrived.entity
            and entity_references.entity_id = arrived.entity_id
    where
        not coalesce(arrived.has_first, false)
        and (
            arrived.entity_id is not null
            or entity_references.entity_id between 1 and issued.last_id
            or entity_references.entity_id < {{ not_applicable_key() }}
        )
)

select * from referenced

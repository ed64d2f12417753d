{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='entity',
        indexes=server_indexes([{'columns': ['entity'], 'unique': true}]),
    )
}}

{#- Entities whose ids run 1, 2, 3 ...: where they are staged and what their id is called. -#}
{%- set counted = {
    'advertisers': ('stg_ads__advertisers', 'advertiser_id'),
    'albums': ('stg_catalog__albums', 'album_id'),
    'artists': ('stg_catalog__artists', 'artist_id'),
    'campaigns': ('stg_ads__campaigns', 'campaign_id'),
    'cities': ('stg_reference__cities', 'city_id'),
    'communities': ('stg_community__communities', 'community_id'),
    'content': ('stg_catalog__content', 'content_id'),
    'countries': ('stg_reference__countries', 'country_id'),
    'creatives': ('stg_ads__creatives', 'creative_id'),
    'devices': ('stg_identity__devices', 'device_id'),
    'languages': ('stg_reference__languages', 'language_id'),
    'live_events': ('stg_live__live_events', 'live_event_id'),
    'payment_methods': ('stg_billing__payment_methods', 'payment_method_id'),
    'playlists': ('stg_engagement__playlists', 'playlist_id'),
    'plan_prices': ('stg_billing__plan_prices', 'plan_price_id'),
    'plans': ('stg_billing__plans', 'plan_id'),
    'songs': ('stg_catalog__songs', 'song_id'),
    'subscriptions': ('stg_billing__subscriptions', 'subscription_id'),
    'support_agents': ('stg_support__support_agents', 'support_agent_id'),
    'users': ('stg_identity__users', 'user_id'),
} -%}
{#- What is numbered by its day. -#}
{%- set dated = [
    'ad_impressions', 'ad_requests', 'invoices', 'listening_sessions', 'streams', 'tips', 'transactions',
    'voice_commands',
] -%}
{%- set issued_days = ref('base_opening__issued_days') %}

with
clock as (
    select data_date from {{ ref('int_clock') }}
),

reported as (
    select
        entity,
        max(last_id) as last_id,
        max(load_id) as load_id
    from {{ ref('stg_opening__issued_keys') }}
    {{ where_one_of('issued_date', arrived_days()) }}
    group by entity
),

seen as (
    {% for entity, (relation, id) in counted.items() %}
    select
        '{{ entity }}' as entity,
        max({{ id }}) as last_id,
        max(load_id) as load_id
    from {{ ref(relation) }} as told
    where {{ is_newer_load_in('told') }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

dated as (
    {% for entity in dated %}
    select
        '{{ entity }}' as entity,
        {{ last_event_id_of('data_date') }} as last_id,
        0 as load_id
    from clock
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

known as (
    select * from reported
    union all
    select * from seen
    union all
    select * from dated
    {%- if is_incremental() %}
    union all
    select * from {{ this }}
    {%- endif %}
),

final as (
    select
        cast(entity as text) as entity,
        cast(max(last_id) as bigint) as last_id,
        cast(coalesce(max(load_id), 0) as bigint) as load_id
    from known
    group by entity
)

select * from final

{{ config(
    materialized='incremental',
    incremental_strategy='append',
    indexes=server_indexes([
        {'columns': ['load_id']},
    ]),
) }}
{#- Which events name whose ids in which column: (entity, staged events, column, condition). -#}
{%- set references = [
    ('users', 'stg_engagement__streams', 'user_id', none),
    ('users', 'stg_engagement__listening_sessions', 'user_id', none),
    ('users', 'stg_engagement__voice_commands', 'user_id', none),
    ('users', 'stg_engagement__reactions', 'user_id', none),
    ('users', 'stg_engagement__search_queries', 'user_id', none),
    ('users', 'stg_engagement__shares', 'user_id', none),
    ('users', 'stg_engagement__recommendations', 'user_id', none),
    ('users', 'stg_engagement__playlist_events', 'actor_user_id', none),
    ('users', 'stg_engagement__playlist_events', 'collaborator_user_id', none),
    ('users', 'stg_marketing__marketing_touches', 'user_id', none),
    ('users', 'stg_marketing__coupon_redemptions', 'user_id', none),
    ('users', 'stg_billing__transactions', 'user_id', none),
    ('users', 'stg_billing__tips', 'user_id', none),
    ('users', 'stg_ads__ad_requests', 'user_id', none),
    ('users', 'stg_ads__ad_impressions', 'user_id', none),
    ('users', 'stg_billing__status_history', 'changed_by_user_id', none),
    ('users', 'stg_compliance__audit_log', 'actor_user_id', none),
    ('users', 'stg_compliance__user_consents', 'user_id', none),
    ('users', 'stg_live__live_attendance', 'user_id', none),
    ('devices', 'stg_live__live_attendance', 'device_id', none),
    ('live_events', 'stg_live__live_attendance', 'live_event_id', none),
    ('live_events', 'stg_live__live_chat_messages', 'live_event_id', none),
    ('devices', 'stg_engagement__streams', 'device_id', none),
    ('devices', 'stg_engagement__listening_sessions', 'device_id', none),
    ('devices', 'stg_engagement__voice_commands', 'device_id', none),
    ('devices', 'stg_engagement__search_queries', 'device_id', none),
    ('devices', 'stg_marketing__marketing_touches', 'device_id', none),
    ('devices', 'stg_ads__ad_requests', 'device_id', none),
    ('devices', 'stg_ads__ad_impressions', 'device_id', none),
    ('content', 'stg_engagement__streams', 'content_id', none),
    ('content', 'stg_engagement__voice_commands', 'resolved_content_id', none),
    ('content', 'stg_engagement__search_queries', 'clicked_content_id', none),
    ('content', 'stg_engagement__shares', 'content_id', none),
    ('content', 'stg_engagement__recommendations', 'content_id', none),
    ('content', 'stg_engagement__playlist_events', 'content_id', none),
    ('content', 'stg_engagement__reactions', 'target_id', "target_type = 'content'"),
    ('songs', 'stg_opening__opening_song_streams', 'song_id', none),
    ('albums', 'stg_engagement__streams', 'context_id', "context_type = 'album'"),
    ('artists', 'stg_engagement__streams', 'context_id', "context_type = 'artist'"),
    ('artists', 'stg_billing__tips', 'artist_id', none),
    ('products', 'stg_billing__order_items', 'product_id', none),
    ('playlists', 'stg_engagement__streams', 'context_id', "context_type = 'playlist'"),
    ('playlists', 'stg_engagement__playlist_events', 'playlist_id', none),
    ('campaigns', 'stg_ads__ad_impressions', 'campaign_id', none),
    ('creatives', 'stg_ads__ad_impressions', 'creative_id', none),
] -%}
{%- set arrivals = ref('base_ops__arrivals') %}

with
{% if is_incremental() -%}
arrivals as (
    select
        table_name,
        record_id
    from {{ arrivals }}
    where {{ is_newer_load() }}
),

{% endif -%}
{% for entity, relation, column, condition in references -%}
reference_{{ loop.index }} as (
    select
        '{{ entity }}' as entity,
        {{ column }} as entity_id,
        min(load_id) as load_id
    from {{ ref(relation) }}
    where
        {{ column }} is not null {{ and_id_arrived(relation.split('__')[1]) }}
        and {{ is_newer_load() }}
        {%- if condition %}
        and {{ condition }}
        {%- endif %}
    group by {{ column }}
),

{% endfor -%}
{%- if not var('data_date') -%}
-- What rows of logs named that were purged since.
purged_references as (
    select
        entity,
        entity_id,
        load_id
    from {{ ref('stg_ops__purged_references') }}
    where {{ is_newer_load() }}
),

{% endif -%}
every_reference as (
    {% for reference in references -%}
    select * from reference_{{ loop.index }}
    {%- if not loop.last %}
    union all
    {% endif -%}
    {% endfor %}
    {%- if not var('data_date') %}
    union all
    select * from purged_references
    {%- endif %}
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

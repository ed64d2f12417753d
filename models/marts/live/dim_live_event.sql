{%- set columns = {
    'live_event_id': 'bigint', 'artist_id': 'bigint', 'host_user_id': 'bigint', 'community_id': 'bigint',
    'geography_id': 'bigint', 'language_id': 'bigint', 'title': 'text', 'event_type': 'text', 'status': 'text',
    'venue': 'text', 'venue_type': 'text', 'venue_capacity': 'integer', 'max_attendees': 'integer',
    'max_viewers': 'integer', 'is_public': 'boolean', 'scheduled_start_at': 'timestamptz',
    'scheduled_end_at': 'timestamptz', 'actual_start_at': 'timestamptz', 'actual_end_at': 'timestamptz',
    'created_at': 'timestamptz', 'cancelled_at': 'timestamptz', 'is_inferred': 'boolean'
} -%}

with
live_events as (
    select * from {{ ref('stg_live__live_events') }}
),

venues as (
    select * from {{ ref('stg_live__venues') }}
),

inferred_ids as (
    select * from {{ ref('int_inferred_ids') }}
    where entity = 'live_events'
),

described as (
    select
        live_events.live_event_id,
        live_events.artist_id,
        coalesce(live_events.host_user_id, {{ unknown_key() }}) as host_user_id,
        coalesce(live_events.community_id, {{ not_applicable_key() }}) as community_id,
        case
            when venues.venue_type = 'virtual' then {{ not_applicable_key() }}
            else coalesce(venues.city_id, {{ unknown_key() }})
        end as geography_id,
        live_events.language_id,
        live_events.title,
        live_events.event_type,
        live_events.status,
        coalesce(venues.name, 'unknown') as venue,
        coalesce(venues.venue_type, 'unknown') as venue_type,
        venues.capacity as venue_capacity,
        live_events.max_attendees,
        live_events.max_viewers,
        live_events.is_public,
        live_events.scheduled_start_at,
        live_events.scheduled_end_at,
        live_events.actual_start_at,
        live_events.actual_end_at,
        live_events.created_at,
        live_events.cancelled_at,
        false as is_inferred
    from live_events
    left join venues on live_events.venue_id = venues.venue_id
),

final as (
    select * from described
    union all
    {{ inferred_members(columns, 'inferred_ids', 'live_event_id') }}
    union all
    {{ special_members(columns) }}
)

select * from final

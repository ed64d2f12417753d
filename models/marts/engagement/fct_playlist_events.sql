{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='playlist_event_id',
        indexes=server_indexes([
            {'columns': ['playlist_event_id'], 'unique': true},
            {'columns': ['playlist_id', 'occurred_at']},
            {'columns': ['user_id', 'occurred_at']},
            {'columns': ['content_id', 'local_date']},
            {'columns': ['local_date']},
            {'columns': ['load_id']},
        ]),
    )
}}

with
playlists as (
    select
        playlist_id,
        playlist_key,
        valid_to,
        load_id,
        {{ first_from_the_beginning('playlist_key') }} as valid_from
    from {{ ref('int_playlist_versions') }}
),

playlist_events as (
    select *
    from {{ ref('stg_engagement__playlist_events') }}
    {{ where_one_of('playlist_event_id', touched_events(
        'playlist_events', 'playlist_event_id', 'occurred_at',
        versions=[(ref('int_user_homes'), 'user_id', 'user_id'), ('playlists', 'playlist_id', 'playlist_id')],
    )) }}
),

user_homes as (
    select * from {{ ref('int_user_homes') }}
),

time_zone_offsets as (
    select
        time_zone,
        valid_from,
        valid_to,
        utc_offset_minutes
    from {{ ref('time_zone_offsets') }}
),

resolved as (
    select
        playlist_events.*,
        user_homes.user_key,
        user_homes.time_zone,
        playlists.playlist_key,
        greatest(playlist_events.load_id, user_homes.load_id, playlists.load_id) as inputs_load_id
    from playlist_events
    {{ join_version('playlist_events', 'user_homes', 'actor_user_id', 'occurred_at', version_id='user_id') }}
    {{ join_version('playlist_events', 'playlists', 'playlist_id', 'occurred_at') }}
)

select
    resolved.playlist_event_id,
    resolved.playlist_id,
    {{ fact_version_key('resolved.playlist_key', 'resolved.playlist_id') }} as playlist_key,
    cast(coalesce(resolved.actor_user_id, {{ not_applicable_key() }}) as bigint) as user_id,
    {{ fact_version_key('resolved.user_key', 'resolved.actor_user_id') }} as user_key,
    cast(coalesce(resolved.content_id, {{ not_applicable_key() }}) as bigint) as content_id,
    cast(coalesce(resolved.collaborator_user_id, {{ not_applicable_key() }}) as bigint) as collaborator_user_id,
    cast(coalesce(resolved.playlist_item_id, {{ not_applicable_key() }}) as bigint) as playlist_item_id,
    resolved.event_type,
    resolved.position_before,
    resolved.position_after,
    resolved.revision_before,
    resolved.revision_after,
    resolved.is_accepted,
    not resolved.is_accepted as is_conflict,
    {{ to_date('resolved.occurred_at') }} as occurred_date,
    {{ local_date('resolved.occurred_at', 'coalesce(time_zone_offsets.utc_offset_minutes, 0)') }} as local_date,
    resolved.occurred_at,
    resolved.arrived_at,
    resolved.inputs_load_id as load_id
from resolved
{{ join_time_zone_offset('resolved', 'occurred_at', 'time_zone') }}
where {{ is_newer_load('resolved.inputs_load_id') }}

{{ config(indexes=server_indexes([{'columns': ['load_id']}])) }}

with
follows as (
    select * from {{ ref('stg_engagement__follows') }}
),

user_homes as (
    select * from {{ ref('int_user_homes') }}
),

artists as (
    select
        artist_id,
        artist_key,
        valid_to,
        load_id,
        {{ first_from_the_beginning('artist_key') }} as valid_from
    from {{ ref('int_artist_versions') }}
),

time_zone_offsets as (
    select
        time_zone,
        valid_from,
        valid_to,
        utc_offset_minutes
    from {{ ref('time_zone_offsets') }}
),

clock as (
    select data_clock from {{ ref('int_clock') }}
),

targeted as (
    select
        follows.*,
        case when follows.target_type = 'artist' then follows.target_id end as artist_id,
        case when follows.target_type = 'user' then follows.target_id end as followed_user_id
    from follows
),

resolved as (
    select
        targeted.*,
        user_homes.user_key,
        user_homes.time_zone,
        artists.artist_key,
        greatest(targeted.load_id, user_homes.load_id, artists.load_id) as inputs_load_id,
        clock.data_clock
    from targeted
    cross join clock
    {{ join_version('targeted', 'user_homes', 'follower_user_id', 'followed_at', version_id='user_id') }}
    {{ join_version('targeted', 'artists', 'artist_id', 'followed_at') }}
)

select
    resolved.follow_id,
    resolved.follower_user_id as user_id,
    {{ fact_version_key('resolved.user_key', 'resolved.follower_user_id') }} as user_key,
    cast(coalesce(resolved.artist_id, {{ not_applicable_key() }}) as bigint) as artist_id,
    {{ fact_version_key('resolved.artist_key', 'resolved.artist_id') }} as artist_key,
    cast(coalesce(resolved.followed_user_id, {{ not_applicable_key() }}) as bigint) as followed_user_id,
    resolved.target_type,
    cast(
        {{ datediff_ms(
            'resolved.followed_at',
            'greatest(resolved.followed_at, coalesce(resolved.unfollowed_at, resolved.data_clock))'
        ) }} as bigint
    ) as followed_ms,
    resolved.unfollowed_at is null as is_current,
    {{ to_date('resolved.followed_at') }} as followed_date,
    coalesce({{ to_date('resolved.unfollowed_at') }}, {{ not_applicable_date() }}) as unfollowed_date,
    {{ local_date('resolved.followed_at', 'coalesce(time_zone_offsets.utc_offset_minutes, 0)') }} as local_date,
    resolved.followed_at,
    resolved.unfollowed_at,
    resolved.inputs_load_id as load_id
from resolved
{{ join_time_zone_offset('resolved', 'followed_at', 'time_zone') }}

with
streams as (
    select *
    from {{ ref('int_streams_accepted') }}
),

cities as (
    select
        city_id,
        region_id,
        time_zone
    from {{ ref('stg_reference__cities') }}
),

countries as (
    select
        country_id,
        time_zone
    from {{ ref('stg_reference__countries') }}
),

time_zone_offsets as (
    select
        time_zone,
        valid_from,
        valid_to,
        utc_offset_minutes
    from {{ ref('time_zone_offsets') }}
),

placed as (
    select
        streams.*,
        cities.city_id as place_city_id,
        cities.region_id,
        countries.country_id,
        coalesce(cities.time_zone, countries.time_zone) as time_zone
    from streams
    left join cities on streams.city_id = cities.city_id
    left join countries on streams.ip_country_id = countries.country_id
),

localized as (
    select
        placed.*,
        {{ local_datetime('placed.started_at', 'coalesce(time_zone_offsets.utc_offset_minutes, 0)') }} as started_local
    from placed
    {{ join_time_zone_offset('placed', 'started_at', 'time_zone') }}
),

dated as (
    select
        localized.*,
        {{ to_date('localized.started_at') }} as started_date,
        cast(localized.started_local as date) as local_date,
        {{ minute_of_datetime('localized.started_local') }} as minute_of_day
    from localized
),

booked as (
    select
        dated.*,
        {{ month_start('dated.started_date') }} as started_month,
        {{ month_start('dated.local_date') }} as local_month,
        {{ month_start(add_days('dated.local_date', -1)) }} as first_verdict_month,
        {{ booking_month(month_start('dated.started_date'), 'dated.arrived_at') }} as booking_month,
        {{ booking_month(month_start('dated.local_date'), 'dated.arrived_at') }} as local_booking_month
    from dated
)

select
    stream_id,
    user_id,
    content_id,
    device_id,
    session_id,
    voice_command_id,
    {{ geography_id('place_city_id', 'null', 'country_id') }} as geography_id,
    cast(coalesce(region_id, {{ unknown_key() }}) as bigint) as region_id,
    cast(coalesce(country_id, {{ unknown_key() }}) as bigint) as country_id,
    context_type,
    context_id,
    skip_reason,
    quality,
    referrer,
    codec,
    played_ms,
    played_ms_basis,
    startup_ms,
    is_completed as is_reported_completed,
    is_skipped as is_reported_skipped,
    is_shuffle,
    is_offline,
    started_date,
    local_date,
    minute_of_day,
    booking_month,
    local_booking_month,
    booking_month > started_month as is_after_close,
    local_booking_month > local_month as is_after_local_close,
    {{ booking_month('first_verdict_month', 'arrived_at') }} as verdict_month,
    started_at,
    arrived_at,
    load_id
from booked

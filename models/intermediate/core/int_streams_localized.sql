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
    {{ with_worked_out('localized', {
        'started_date': to_date('localized.started_at'),
        'local_date': 'cast(localized.started_local as date)',
        'minute_of_day': minute_of_datetime('localized.started_local'),
        'open_month': open_month('localized.arrived_at'),
    }) }}
),

booked as (
    {{ with_worked_out('dated', {
        'started_month': month_start('dated.started_date'),
        'local_month': month_start('dated.local_date'),
        'first_verdict_month': month_start(add_days('dated.local_date', -1)),
    }) }}
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
    {{ booked_in('started_month', 'open_month') }} as booking_month,
    {{ booked_in('local_month', 'open_month') }} as local_booking_month,
    open_month > started_month as is_after_close,
    open_month > local_month as is_after_local_close,
    {{ booked_in('first_verdict_month', 'open_month') }} as verdict_month,
    started_at,
    arrived_at,
    load_id
from booked

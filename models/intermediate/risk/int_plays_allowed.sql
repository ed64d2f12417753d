{%- set settings_attributes = ['blocks_explicit', 'daily_limit_minutes'] %}

with
streams as (
    select * from {{ ref('fct_streams') }}
),

sessions as (
    select
        session_id,
        plan_key
    from {{ ref('fct_listening_sessions') }}
),

plans as (
    select * from {{ ref('dim_plan') }}
),

contexts as (
    select * from {{ ref('dim_listening_context') }}
),

devices as (
    select
        device_id,
        device_type
    from {{ ref('dim_device') }}
),

contents as (
    select
        content_id,
        is_explicit,
        valid_to,
        {{ first_from_the_beginning('content_key') }} as valid_from
    from {{ ref('int_content_versions') }}
),

geographies as (
    select
        geography_id,
        country_geography_id
    from {{ ref('dim_geography') }}
),

countries as (
    select
        geography_id,
        time_zone
    from {{ ref('dim_geography') }}
    where geography_level = 'country'
),

time_zone_offsets as (
    select
        time_zone,
        valid_from,
        valid_to,
        utc_offset_minutes
    from {{ ref('time_zone_offsets') }}
),

settings_changes as (
    {{ change_rows('identity', 'user_settings', 'user_id', settings_attributes) }}
),

settings_versions as (
    {{ versions_from_changes('settings_changes', 'user_id', 'settings_key', settings_attributes) }}
),

settings as (
    select
        user_id,
        blocks_explicit,
        daily_limit_minutes,
        valid_to,
        load_id,
        {{ first_from_the_beginning('settings_key') }} as valid_from
    from settings_versions
),

-- What a session may do is settled by the plan in force at its begin, which is that of its first play.
described as (
    select
        streams.stream_id,
        streams.user_id,
        geographies.country_geography_id,
        streams.started_date,
        streams.started_at,
        streams.played_ms,
        plans.plan_id > 0 as has_plan,
        plans.skips_per_hour,
        coalesce(plans.is_shuffle_only, false) as is_shuffle_only,
        coalesce(plans.can_download, true) as can_download,
        {{ listening_context_digit('quality', 'plans.max_quality') }} as best_quality,
        {{ listening_context_digit('quality', 'contexts.quality') }} as quality,
        coalesce(contexts.skip_reason = 'next_button', false) as is_next_skip,
        coalesce(contexts.is_shuffle, false) as is_shuffle,
        coalesce(contexts.is_offline, false) as is_offline,
        coalesce(devices.device_type, 'unknown') as device_type,
        coalesce(contents.is_explicit, false) as is_explicit,
        coalesce(settings.blocks_explicit, false) as blocks_explicit,
        settings.daily_limit_minutes,
        countries.time_zone,
        greatest(streams.load_id, settings.load_id) as inputs_load_id
    from streams
    left join sessions on streams.session_id = sessions.session_id
    left join plans on coalesce(sessions.plan_key, streams.plan_key) = plans.plan_key
    left join contexts on streams.listening_context_id = contexts.listening_context_id
    left join devices on streams.device_id = devices.device_id
    left join geographies on streams.geography_id = geographies.geography_id
    left join countries on geographies.country_geography_id = countries.geography_id
    {{ join_version('streams', 'contents', 'content_id', 'started_at') }}
    {{ join_version('streams', 'settings', 'user_id', 'started_at') }}
)

select
    described.stream_id,
    described.user_id,
    described.country_geography_id,
    described.started_date,
    {{ local_date('described.started_at', 'coalesce(time_zone_offsets.utc_offset_minutes, 0)') }} as limit_date,
    {{ to_hour('described.started_at') }} as hour_at,
    described.started_at,
    described.played_ms,
    described.has_plan,
    case when described.is_next_skip then described.skips_per_hour end as skips_per_hour,
    described.is_shuffle_only and described.device_type in ('phone', 'tablet') as is_to_shuffle,
    described.is_shuffle_only and described.device_type in ('phone', 'tablet') and not described.is_shuffle
        as breaks_shuffle,
    described.is_shuffle_only and described.device_type = 'unknown' as is_of_unknown_device,
    described.has_plan and described.quality > described.best_quality as breaks_quality,
    described.is_offline,
    described.is_offline and not described.can_download as breaks_offline,
    described.blocks_explicit,
    described.blocks_explicit and described.is_explicit as breaks_explicit,
    described.daily_limit_minutes,
    cast(described.inputs_load_id as bigint) as load_id
from described
{{ join_time_zone_offset('described', 'started_at', 'time_zone') }}

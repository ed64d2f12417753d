{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='hour_at',
        indexes=server_indexes([
            {'columns': ['hour_at', 'timing_kind', 'device_type'], 'unique': true},
            {'columns': ['load_id']},
        ]),
    )
}}
{%- set touched -%}
    select loaded.hour_at
    from {{ ref('int_client_timings_loaded') }} as loaded
    where loaded.load_id > (select coalesce(max(built.load_id), 0) from {{ this }} as built)
{%- endset %}

with
timings as (
    select
        timing_kind,
        device_type,
        hour_at,
        {{ to_date('hour_at') }} as hour_date,
        elapsed_ms,
        timings,
        load_id
    from {{ ref('int_client_timings_hourly') }}
    {{ where_one_of('hour_at', touched) }}
),

rules as (
    select
        date_day,
        page_load_target_ms,
        app_start_target_ms,
        audio_start_target_ms,
        video_start_target_ms
    from {{ ref('int_rules_by_date') }}
),

aimed as (
    select
        timings.*,
        case timings.timing_kind
            when 'page_load' then rules.page_load_target_ms
            when 'app_start' then rules.app_start_target_ms
            when 'audio_start' then rules.audio_start_target_ms
            when 'video_start' then rules.video_start_target_ms
        end as target_ms
    from timings
    inner join rules on timings.hour_date = rules.date_day
),

-- Up to a time: all timings that took no longer. Versions of an app count together.
ranked as (
    select
        aimed.*,
        sum(timings) over (partition by timing_kind, device_type, hour_at order by elapsed_ms) as timings_up_to,
        sum(timings) over (partition by timing_kind, device_type, hour_at) as timings_in_all
    from aimed
),

totals as (
    select
        timing_kind,
        device_type,
        hour_at,
        hour_date,
        sum(timings) as samples,
        {{ nearest_rank(50, 'elapsed_ms', 'timings_up_to', 'timings_in_all') }} as elapsed_p50_ms,
        {{ nearest_rank(95, 'elapsed_ms', 'timings_up_to', 'timings_in_all') }} as elapsed_p95_ms,
        max(target_ms) as target_ms,
        sum(case when elapsed_ms < target_ms then timings else 0 end) as samples_within_target,
        max(load_id) as load_id
    from ranked
    group by
        timing_kind,
        device_type,
        hour_at,
        hour_date
)

select
    timing_kind,
    device_type,
    hour_at,
    hour_date,
    cast(samples as bigint) as samples,
    elapsed_p50_ms,
    elapsed_p95_ms,
    target_ms,
    cast(samples_within_target as bigint) as samples_within_target,
    {{ ratio('samples_within_target', 'samples') }} as within_target_share,
    load_id
from totals

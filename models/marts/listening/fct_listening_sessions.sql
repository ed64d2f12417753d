{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='session_id',
        indexes=server_indexes([
            {'columns': ['session_id'], 'unique': true},
            {'columns': ['user_id', 'started_at']},
            {'columns': ['local_date']},
            {'columns': ['load_id']},
        ]),
    )
}}

{#- Sessions for which a play, the log's row or a tick came or changed. -#}
{%- set touched -%}
    with since as (
        select coalesce(max(load_id), 0) as load_id
        from {{ this }}
    )

    select played.session_id
    from {{ ref('fct_streams') }} as played
    where played.load_id > (select since.load_id from since)
    union
    {{ arrived_ids('listening_sessions') }}
    union
    select ticked.session_id
    from {{ ref('int_play_ticks_loaded') }} as ticked
    where ticked.load_id > (select since.load_id from since)
{%- endset -%}

with
streams as (
    select *
    from {{ ref('fct_streams') }}
    {{ where_one_of('session_id', touched) }}
),

sessions as (
    select *
    from {{ ref('int_listening_sessions_accepted') }}
    {{ where_one_of('session_id', touched) }}
),

ticks_hourly as (
    select *
    from {{ ref('int_play_ticks_hourly') }}
    {{ where_one_of('session_id', touched) }}
),

rules as (
    select
        date_day,
        session_gap_ms
    from {{ ref('int_rules_by_date') }}
),

timed as (
    select
        streams.*,
        {{ add_ms('started_at', 'coalesce(played_ms, 0)') }} as ended_at
    from streams
    where session_id > 0
),

-- The gap before a play is counted from the last end of all plays before it, as plays may overlap.
ordered as (
    select
        timed.*,
        row_number() over (partition by session_id order by started_at, stream_id) as play_no,
        max(ended_at) over (
            partition by session_id order by started_at, stream_id
            rows between unbounded preceding and 1 preceding
        ) as ended_before_at
    from timed
),

played as (
    select
        session_id,
        max(case when play_no = 1 then user_id end) as user_id,
        max(case when play_no = 1 then user_key end) as user_key,
        max(case when play_no = 1 then device_id end) as device_id,
        max(case when play_no = 1 then geography_id end) as geography_id,
        max(case when play_no = 1 then plan_id end) as plan_id,
        max(case when play_no = 1 then plan_key end) as plan_key,
        max(case when play_no = 1 then tier end) as tier,
        max(case when play_no = 1 then started_date end) as started_date,
        max(case when play_no = 1 then local_date end) as local_date,
        max(case when play_no = 1 then minute_of_day end) as minute_of_day,
        min(started_at) as started_at,
        max(ended_at) as ended_at,
        greatest(coalesce(max({{ datediff_ms('ended_before_at', 'started_at') }}), 0), 0) as longest_gap_ms,
        count(*) as plays,
        count(distinct case when song_id > 0 then song_id end) as songs,
        count(case when is_qualified then 1 end) as qualified_streams,
        count(case when is_completed then 1 end) as completed_plays,
        count(case when skip_class <> 'not_skipped' then 1 end) as skips,
        sum(active_ms) as active_ms,
        count(startup_ms) as startups,
        sum(startup_ms) as startup_ms,
        max(startup_ms) as longest_startup_ms,
        max(case when is_artificial then 1 else 0 end) = 1 as is_artificial,
        max(load_id) as load_id
    from ordered
    group by session_id
),

ticked as (
    select
        session_id,
        sum(ticks) as ticks,
        sum(fallback_ticks) as fallback_ticks,
        sum(bitrate_changes) as bitrate_changes,
        sum(bitrate_kbps_sum) as bitrate_kbps_sum,
        sum(rebuffer_count) as rebuffers,
        sum(rebuffer_ms) as rebuffer_ms,
        max(load_id) as load_id
    from ticks_hourly
    group by session_id
),

described as (
    select
        played.*,
        sessions.session_id is not null as is_logged,
        sessions.trace_id,
        sessions.app_version,
        sessions.os_version,
        rules.session_gap_ms,
        ticked.session_id is not null as is_sampled,
        ticked.ticks,
        ticked.fallback_ticks,
        ticked.bitrate_changes,
        ticked.bitrate_kbps_sum,
        ticked.rebuffers,
        ticked.rebuffer_ms,
        greatest(played.load_id, sessions.load_id, ticked.load_id) as inputs_load_id
    from played
    left join sessions on played.session_id = sessions.session_id
    left join ticked on played.session_id = ticked.session_id
    left join rules on played.local_date = rules.date_day
)

select
    session_id,
    user_id,
    user_key,
    device_id,
    geography_id,
    plan_id,
    plan_key,
    tier,
    app_version,
    os_version,
    trace_id,
    cast(plays as bigint) as plays,
    cast(songs as bigint) as songs,
    cast(qualified_streams as bigint) as qualified_streams,
    cast(completed_plays as bigint) as completed_plays,
    cast(skips as bigint) as skips,
    cast(active_ms as bigint) as active_ms,
    cast({{ datediff_ms('started_at', 'ended_at') }} as bigint) as duration_ms,
    cast(longest_gap_ms as bigint) as longest_gap_ms,
    cast(startups as bigint) as startups,
    cast(startup_ms as bigint) as startup_ms,
    longest_startup_ms,
    {{ ratio('startup_ms', 'startups') }} as average_startup_ms,
    cast(ticks as bigint) as ticks,
    cast(fallback_ticks as bigint) as fallback_ticks,
    cast(bitrate_changes as bigint) as bitrate_changes,
    {{ ratio('bitrate_kbps_sum', 'ticks') }} as average_bitrate_kbps,
    cast(rebuffers as bigint) as rebuffers,
    cast(rebuffer_ms as bigint) as rebuffer_ms,
    {{ ratio('rebuffers * 3600000', 'active_ms') }} as rebuffers_per_hour,
    is_logged,
    coalesce({{ regexp_like('trace_id', '^[0-9a-f]{32}$') }}, false) as has_complete_trace,
    is_sampled,
    is_artificial,
    longest_gap_ms < session_gap_ms as is_without_long_gap,
    started_date,
    local_date,
    minute_of_day,
    started_at,
    ended_at,
    cast(inputs_load_id as bigint) as load_id
from described
where {{ is_newer_load('inputs_load_id') }}

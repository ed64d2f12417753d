{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key=['user_id', 'local_date'],
        indexes=server_indexes([
            {'columns': ['user_id', 'local_date']},
            {'columns': ['load_id'], 'type': 'brin'},
        ]),
    )
}}

with
streams as (
    select
        stream_id,
        user_id,
        content_id,
        local_date,
        played_ms,
        started_at,
        arrived_at,
        is_after_local_close,
        is_after_verdict,
        load_id
    from {{ ref('int_streams_localized') }}
),

rules as (
    select
        date_day,
        artificial_skip_plays,
        artificial_skip_ms,
        artificial_skip_window_ms,
        artificial_loop_plays,
        artificial_loop_min_ms,
        artificial_loop_max_ms,
        artificial_day_ms
    from {{ ref('int_rules_by_date') }}
),

touched as (
    {{ touched_keys('streams', ['user_id', 'local_date']) }}
),

plays as (
    select streams.*
    from streams
    inner join touched
        on
            streams.user_id = touched.user_id
            and streams.local_date = touched.local_date
),

late_days as (
    select distinct
        user_id,
        local_date
    from plays
    where is_after_verdict
),

-- Each day is judged on the plays that were in time; a day with later ones once more on all of them.
evidence as (
    select
        plays.*,
        false as with_late
    from plays
    where not plays.is_after_verdict
    union all
    select
        plays.*,
        true as with_late
    from plays
    inner join late_days
        on
            plays.user_id = late_days.user_id
            and plays.local_date = late_days.local_date
),

-- Rapid skips: a play, and the last of as many as the rule wants that follow it.
short_plays as (
    select
        evidence.user_id,
        evidence.local_date,
        evidence.with_late,
        evidence.started_at,
        rules.artificial_skip_plays,
        rules.artificial_skip_window_ms,
        row_number() over (
            partition by evidence.user_id, evidence.local_date, evidence.with_late
            order by evidence.started_at, evidence.stream_id
        ) as play_no
    from evidence
    inner join rules on evidence.local_date = rules.date_day
    where evidence.played_ms < rules.artificial_skip_ms
),

rapid_days as (
    select distinct
        first_plays.user_id,
        first_plays.local_date,
        first_plays.with_late
    from short_plays as first_plays
    inner join short_plays as last_plays
        on
            first_plays.user_id = last_plays.user_id
            and first_plays.local_date = last_plays.local_date
            and first_plays.with_late = last_plays.with_late
            and first_plays.play_no + first_plays.artificial_skip_plays - 1 = last_plays.play_no
    where
        {{ datediff_ms('first_plays.started_at', 'last_plays.started_at') }} <= first_plays.artificial_skip_window_ms
),

loops as (
    select
        evidence.user_id,
        evidence.local_date,
        evidence.with_late
    from evidence
    inner join rules on evidence.local_date = rules.date_day
    where
        evidence.played_ms >= rules.artificial_loop_min_ms
        and evidence.played_ms <= rules.artificial_loop_max_ms
    group by evidence.user_id, evidence.local_date, evidence.with_late, evidence.content_id
    having count(*) >= min(rules.artificial_loop_plays)
),

loop_days as (
    select distinct
        user_id,
        local_date,
        with_late
    from loops
),

long_days as (
    select
        evidence.user_id,
        evidence.local_date,
        evidence.with_late
    from evidence
    inner join rules on evidence.local_date = rules.date_day
    group by evidence.user_id, evidence.local_date, evidence.with_late
    having sum(evidence.played_ms) > min(rules.artificial_day_ms)
),

hits as (
    select
        user_id,
        local_date,
        with_late,
        1 as rapid_skips,
        0 as loops,
        0 as round_the_clock
    from rapid_days
    union all
    select
        user_id,
        local_date,
        with_late,
        0 as rapid_skips,
        1 as loops,
        0 as round_the_clock
    from loop_days
    union all
    select
        user_id,
        local_date,
        with_late,
        0 as rapid_skips,
        0 as loops,
        1 as round_the_clock
    from long_days
),

verdicts as (
    select
        user_id,
        local_date,
        max(case when not with_late then rapid_skips else 0 end) = 1 as has_rapid_skips,
        max(case when not with_late then loops else 0 end) = 1 as has_loops,
        max(case when not with_late then round_the_clock else 0 end) = 1 as has_round_the_clock,
        max(case when not with_late then 1 else 0 end) = 1 as is_artificial,
        max(case when with_late then 1 else 0 end) = 1 as is_artificial_with_late
    from hits
    group by user_id, local_date
),

totals as (
    select
        plays.user_id,
        plays.local_date,
        count(*) as plays,
        sum(coalesce(plays.played_ms, 0)) as played_ms,
        max(case when plays.is_after_verdict then 1 else 0 end) = 1 as has_late_plays,
        max(case when plays.played_ms > 0 and not plays.is_after_verdict then 1 else 0 end) = 1 as has_time_at_verdict,
        max(
            case
                when plays.played_ms > 0 and plays.is_after_verdict and not plays.is_after_local_close then 1
                else 0
            end
        ) = 1 as has_time_after_verdict,
        min(plays.arrived_at) as first_arrived_at,
        max(plays.arrived_at) as last_arrived_at,
        max(plays.load_id) as load_id
    from plays
    group by plays.user_id, plays.local_date
),

judged as (
    select
        totals.*,
        coalesce(verdicts.has_rapid_skips, false) as has_rapid_skips,
        coalesce(verdicts.has_loops, false) as has_loops,
        coalesce(verdicts.has_round_the_clock, false) as has_round_the_clock,
        coalesce(verdicts.is_artificial, false) as is_artificial,
        case
            when totals.has_late_plays then coalesce(verdicts.is_artificial_with_late, false)
            else coalesce(verdicts.is_artificial, false)
        end as is_artificial_late
    from totals
    left join verdicts
        on
            totals.user_id = verdicts.user_id
            and totals.local_date = verdicts.local_date
)

select
    user_id,
    local_date,
    cast(plays as bigint) as plays,
    cast(played_ms as bigint) as played_ms,
    has_rapid_skips,
    has_loops,
    has_round_the_clock,
    is_artificial,
    is_artificial_late,
    (has_time_at_verdict and not is_artificial) or (has_time_after_verdict and not is_artificial_late) as is_active,
    first_arrived_at,
    last_arrived_at,
    cast(load_id as bigint) as load_id
from judged

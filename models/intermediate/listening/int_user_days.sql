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

{% if is_incremental() %}
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
{% else %}
plays as (
    select *
    from streams
),
{% endif %}

flagged as (
    select
        plays.*,
        max(case when plays.is_after_verdict then 1 else 0 end) over (
            partition by plays.user_id, plays.local_date
        ) = 1 as has_late_plays
    from plays
),

-- Each day is judged on the plays that were in time; a day with later ones once more on all of them.
evidence as (
    select
        flagged.*,
        false as with_late
    from flagged
    where not flagged.is_after_verdict
    union all
    select
        flagged.*,
        true as with_late
    from flagged
    where flagged.has_late_plays
),

-- Rapid skips: each short play begins a run that the rule's number of plays later may end.
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

run_ends as (
    select
        user_id,
        local_date,
        with_late,
        play_no + artificial_skip_plays - 1 as last_play_no,
        artificial_skip_window_ms,
        started_at as first_started_at,
        cast(null as timestamptz) as last_started_at
    from short_plays
    union all
    select
        user_id,
        local_date,
        with_late,
        play_no as last_play_no,
        artificial_skip_window_ms,
        cast(null as timestamptz) as first_started_at,
        started_at as last_started_at
    from short_plays
),

-- Grouped, not joined to itself: the cost stays linear whatever a planner expects.
runs as (
    select
        user_id,
        local_date,
        with_late,
        last_play_no,
        min(artificial_skip_window_ms) as window_ms,
        min(first_started_at) as first_started_at,
        min(last_started_at) as last_started_at
    from run_ends
    group by user_id, local_date, with_late, last_play_no
),

rapid_days as (
    select distinct
        user_id,
        local_date,
        with_late
    from runs
    where {{ datediff_ms('first_started_at', 'last_started_at') }} <= window_ms
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

plays_and_hits as (
    select
        user_id,
        local_date,
        1 as plays,
        coalesce(played_ms, 0) as played_ms,
        case when is_after_verdict then 1 else 0 end as late_plays,
        case when played_ms > 0 and not is_after_verdict then 1 else 0 end as plays_at_verdict,
        case when played_ms > 0 and is_after_verdict and not is_after_local_close then 1 else 0 end
            as plays_after_verdict,
        0 as rapid_skips,
        0 as loops,
        0 as round_the_clock,
        0 as hits_with_late,
        arrived_at,
        load_id
    from flagged
    union all
    select
        user_id,
        local_date,
        0 as plays,
        0 as played_ms,
        0 as late_plays,
        0 as plays_at_verdict,
        0 as plays_after_verdict,
        case when with_late then 0 else rapid_skips end as rapid_skips,
        case when with_late then 0 else loops end as loops,
        case when with_late then 0 else round_the_clock end as round_the_clock,
        case when with_late then 1 else 0 end as hits_with_late,
        cast(null as timestamptz) as arrived_at,
        cast(null as bigint) as load_id
    from hits
),

totals as (
    select
        user_id,
        local_date,
        sum(plays) as plays,
        sum(played_ms) as played_ms,
        max(late_plays) = 1 as has_late_plays,
        max(plays_at_verdict) = 1 as has_time_at_verdict,
        max(plays_after_verdict) = 1 as has_time_after_verdict,
        max(rapid_skips) = 1 as has_rapid_skips,
        max(loops) = 1 as has_loops,
        max(round_the_clock) = 1 as has_round_the_clock,
        max(rapid_skips + loops + round_the_clock) > 0 as is_artificial,
        max(hits_with_late) = 1 as has_hits_with_late,
        min(arrived_at) as first_arrived_at,
        max(arrived_at) as last_arrived_at,
        max(load_id) as load_id
    from plays_and_hits
    group by user_id, local_date
),

judged as (
    select
        totals.*,
        case
            when has_late_plays then has_hits_with_late
            else is_artificial
        end as is_artificial_late
    from totals
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

with
clock as (
    select
        int_clock.data_date,
        rules.artificial_skip_plays,
        rules.artificial_skip_window_ms
    from {{ ref('int_clock') }} as int_clock
    inner join {{ ref('int_rules_by_date') }} as rules on int_clock.data_date = rules.date_day
),

short_plays as (
    select
        fct_streams.stream_id,
        fct_streams.user_id,
        fct_streams.started_at,
        fct_streams.local_date,
        fct_streams.is_artificial,
        clock.artificial_skip_plays,
        clock.artificial_skip_window_ms
    from {{ ref('fct_streams') }} as fct_streams
    cross join clock
    where
        fct_streams.skip_class = 'skip_under_5s'
        and {{ days_between('fct_streams.local_date', 'clock.data_date') }} < 7
),

-- Every short play opens ten minutes; those of the account that start within them are counted.
windows as (
    select
        opening.user_id,
        opening.started_at,
        opening.local_date,
        opening.artificial_skip_plays,
        count(*) as skips,
        count(case when later_plays.is_artificial then 1 end) as artificial_plays
    from short_plays as opening
    inner join short_plays as later_plays
        on
            opening.user_id = later_plays.user_id
            and opening.started_at <= later_plays.started_at
            and {{ datediff_ms('opening.started_at', 'later_plays.started_at') }} <= opening.artificial_skip_window_ms
    group by
        opening.stream_id,
        opening.user_id,
        opening.started_at,
        opening.local_date,
        opening.artificial_skip_plays
),

ranked as (
    select
        windows.*,
        row_number() over (partition by user_id order by skips desc, started_at asc) as window_rank
    from windows
)

select
    user_id,
    local_date,
    started_at as window_started_at,
    skips,
    artificial_plays,
    skips >= artificial_skip_plays as is_over_threshold
from ranked
where
    window_rank = 1
    and skips > 1
order by skips desc, started_at desc, user_id asc
limit 1000

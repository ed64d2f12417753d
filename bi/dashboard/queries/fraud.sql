-- Artificial user-days by month and the rule that fired; a day on which two fired counts with each.
with fired as (
    select
        local_date,
        'rapid_skips' as rule,
        artificial_plays
    from marts.mart_stream_fraud
    where has_rapid_skips
    union all
    select
        local_date,
        'loops' as rule,
        artificial_plays
    from marts.mart_stream_fraud
    where has_loops
    union all
    select
        local_date,
        'round_the_clock' as rule,
        artificial_plays
    from marts.mart_stream_fraud
    where has_round_the_clock
)

select
    dates.month_start_date,
    fired.rule,
    count(*) as user_days,
    cast(sum(fired.artificial_plays) as bigint) as artificial_plays
from fired
inner join marts.dim_date as dates on fired.local_date = dates.date_day
group by dates.month_start_date, fired.rule
order by dates.month_start_date, fired.rule

with
clock as (
    select * from {{ ref('int_clock') }}
),

calendar_days as (
    {{ date_series(first_calendar_day(), last_calendar_day()) }}
),

months as (
    select distinct {{ month_start('calendar_days.date_day') }} as statement_month
    from calendar_days
)

select
    months.statement_month,
    {{ month_closes_at('months.statement_month') }} as closes_at,
    {{ month_start('clock.history_start') }} as first_month
from months
inner join clock
    on
        {{ month_start('clock.history_start') }} <= months.statement_month
        and {{ month_closes_at('months.statement_month') }} <= clock.data_clock

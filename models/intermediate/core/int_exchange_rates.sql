{{ config(materialized='table', indexes=server_indexes([{'columns': ['date_day']}])) }}

with
fx_rates as (
    select
        rate_date,
        currency_code,
        rate_micro
    from {{ ref('fx_rates') }}
),

clock as (
    select data_date
    from {{ ref('int_clock') }}
),

rate_spans as (
    select
        currency_code,
        rate_micro,
        rate_date,
        lead(rate_date) over (partition by currency_code order by rate_date) as next_rate_date
    from fx_rates
),

calendar_days as (
    {{ date_series(first_calendar_day(), last_calendar_day()) }}
),

days as (
    select calendar_days.date_day
    from calendar_days
    inner join clock on calendar_days.date_day <= clock.data_date
),

final as (
    select
        cast(days.date_day as date) as date_day,
        cast(rate_spans.currency_code as text) as currency_code,
        cast(rate_spans.rate_micro as bigint) as rate_micro,
        cast(rate_spans.rate_date as date) as rate_date
    from days
    inner join rate_spans
        on
            days.date_day >= rate_spans.rate_date
            and (days.date_day < rate_spans.next_rate_date or rate_spans.next_rate_date is null)
)

select * from final

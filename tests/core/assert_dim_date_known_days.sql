-- Days whose weeks and holidays are known from calendars: turns of the year, chart weeks, a holiday of each country.
with
known as (
    select
        cast('2020-12-31' as date) as date_day,
        2020 as iso_year,
        53 as iso_week_of_year,
        cast('2020-12-25' as date) as chart_week_start_date,
        'Thursday' as day_name,
        false as is_holiday_somewhere
    union all
    select cast('2021-01-03' as date), 2020, 53, cast('2021-01-01' as date), 'Sunday', false
    union all
    select cast('2024-12-30' as date), 2025, 1, cast('2024-12-27' as date), 'Monday', false
    union all
    select cast('2026-01-01' as date), 2026, 1, cast('2025-12-26' as date), 'Thursday', true
    union all
    select cast('2026-01-02' as date), 2026, 1, cast('2026-01-02' as date), 'Friday', false
    union all
    select cast('2026-01-26' as date), 2026, 5, cast('2026-01-23' as date), 'Monday', true
    union all
    select cast('2026-03-21' as date), 2026, 12, cast('2026-03-20' as date), 'Saturday', true
    union all
    select cast('2028-02-29' as date), 2028, 9, cast('2028-02-25' as date), 'Tuesday', false
),

dim_date as (
    select *
    from {{ ref('dim_date') }}
)

select
    known.date_day,
    dim_date.iso_year,
    dim_date.iso_week_of_year,
    dim_date.chart_week_start_date,
    dim_date.day_name
from known
left join dim_date
    on
        known.date_day = dim_date.date_day
        and known.iso_year = dim_date.iso_year
        and known.iso_week_of_year = dim_date.iso_week_of_year
        and known.chart_week_start_date = dim_date.chart_week_start_date
        and known.day_name = dim_date.day_name
        and known.is_holiday_somewhere
        = (dim_date.is_holiday_india or dim_date.is_holiday_brazil or dim_date.is_holiday_indonesia)
where dim_date.date_day is null

-- Days whose weeks and holidays are known from calendars: turns of the year, chart weeks, a holiday of each country.
{%- set known_days = [
    ['2020-12-31', 2020, 53, '2020-12-25', 'Thursday', false],
    ['2021-01-03', 2020, 53, '2021-01-01', 'Sunday', false],
    ['2024-12-30', 2025, 1, '2024-12-27', 'Monday', false],
    ['2026-01-01', 2026, 1, '2025-12-26', 'Thursday', true],
    ['2026-01-02', 2026, 1, '2026-01-02', 'Friday', false],
    ['2026-01-26', 2026, 5, '2026-01-23', 'Monday', true],
    ['2026-03-21', 2026, 12, '2026-03-20', 'Saturday', true],
    ['2028-02-29', 2028, 9, '2028-02-25', 'Tuesday', false],
] %}
with
known as (
    {% for day in known_days -%}
    select
        cast('{{ day[0] }}' as date) as date_day,
        {{ day[1] }} as iso_year,
        {{ day[2] }} as iso_week_of_year,
        cast('{{ day[3] }}' as date) as chart_week_start_date,
        '{{ day[4] }}' as day_name,
        {{ day[5] | lower }} as is_holiday_somewhere
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
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

with
holidays as (
    select
        holiday_date,
        country_code,
        name
    from {{ ref('holidays') }}
),

days as (
    {{ date_series(first_calendar_day(), last_calendar_day()) }}
),

members as (
    select
        date_day,
        'day' as member_kind
    from days
    union all
    select
        {{ unknown_date() }} as date_day,
        'unknown' as member_kind
    union all
    select
        {{ not_applicable_date() }} as date_day,
        'not_applicable' as member_kind
),

holidays_by_day as (
    select
        holiday_date,
        {{ listagg_ordered("case when country_code = 'IN' then name end", ', ', 'name') }} as holiday_india,
        {{ listagg_ordered("case when country_code = 'BR' then name end", ', ', 'name') }} as holiday_brazil,
        {{ listagg_ordered("case when country_code = 'ID' then name end", ', ', 'name') }} as holiday_indonesia
    from holidays
    group by holiday_date
),

described as (
    select
        date_day,
        member_kind,
        cast(extract(year from date_day) as integer) as year_number,
        cast(extract(quarter from date_day) as integer) as quarter_of_year,
        cast(extract(month from date_day) as integer) as month_of_year,
        cast(extract(day from date_day) as integer) as day_of_month,
        cast({{ dbt_date.day_of_year('date_day') }} as integer) as day_of_year,
        {{ iso_day_of_week('date_day') }} as iso_day_of_week,
        {{ dbt_date.day_name('date_day', short=false) }} as day_name,
        {{ dbt_date.month_name('date_day', short=false) }} as month_name,
        {{ dbt_date.iso_week_start('date_day') }} as iso_week_start_date,
        {{ dbt_date.iso_week_of_year('date_day') }} as iso_week_of_year,
        {{ month_start('date_day') }} as month_start_date,
        {{ month_end('date_day') }} as month_end_date,
        {{ quarter_start('date_day') }} as quarter_start_date,
        {{ year_start('date_day') }} as year_start_date,
        {{ chart_week_start('date_day') }} as chart_week_start_date
    from members
)

select
    described.date_day,
    described.member_kind,
    described.year_number,
    described.quarter_of_year,
    described.month_of_year,
    described.day_of_month,
    described.day_of_year,
    described.iso_day_of_week,
    described.day_name,
    described.month_name,
    cast(extract(year from {{ add_days('described.iso_week_start_date', 3) }}) as integer) as iso_year,
    described.iso_week_of_year,
    described.iso_week_start_date,
    described.chart_week_start_date,
    least({{ add_days('described.chart_week_start_date', 6) }}, {{ not_applicable_date() }}) as chart_week_end_date,
    described.month_start_date,
    described.month_end_date,
    {{ days_in_month('described.date_day') }} as days_in_month,
    described.quarter_start_date,
    described.year_start_date,
    described.iso_day_of_week >= 6 as is_weekend,
    described.date_day = described.month_end_date as is_month_end,
    holidays_by_day.holiday_india,
    holidays_by_day.holiday_brazil,
    holidays_by_day.holiday_indonesia,
    holidays_by_day.holiday_india is not null as is_holiday_india,
    holidays_by_day.holiday_brazil is not null as is_holiday_brazil,
    holidays_by_day.holiday_indonesia is not null as is_holiday_indonesia
from described
left join holidays_by_day on described.date_day = holidays_by_day.holiday_date

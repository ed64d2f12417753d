-- booking_month and month_closes_at count the days that business_rules gives, on every day.
with
int_rules_by_date as (
    select
        date_day,
        month_close_days
    from {{ ref('int_rules_by_date') }}
)

select *
from int_rules_by_date
where month_close_days <> {{ month_close_days() }}

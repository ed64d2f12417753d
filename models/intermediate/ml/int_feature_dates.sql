with
days as (
    select date_day
    from {{ ref('dim_date') }}
    where is_month_end
),

clock as (
    select
        history_start,
        data_date,
        data_clock
    from {{ ref('int_clock') }}
),

rules as (
    select
        date_day,
        feature_days,
        feature_short_days,
        label_days,
        skip_ms
    from {{ ref('int_rules_by_date') }}
)

select
    days.date_day as as_of_date,
    {{ date_instant(add_days('days.date_day', 1)) }} as known_before,
    {{ add_days('days.date_day', '1 - rules.feature_days') }} as window_start_date,
    {{ add_days('days.date_day', '1 - rules.feature_short_days') }} as short_window_start_date,
    {{ date_instant(add_days('days.date_day', '1 + rules.label_days')) }} as label_at,
    {{ date_instant(add_days('days.date_day', '1 + rules.label_days')) }} <= clock.data_clock as is_labelled,
    clock.data_clock,
    rules.skip_ms as short_play_ms
from days
inner join clock
    on
        days.date_day >= clock.history_start
        and days.date_day <= clock.data_date
inner join rules on days.date_day = rules.date_day

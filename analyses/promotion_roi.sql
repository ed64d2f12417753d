with
promotion_days as (
    select * from {{ ref('fct_promotion_daily') }}
),

clock as (
    select history_start
    from {{ ref('int_clock') }}
),

summed as (
    select
        promotion_days.channel,
        sum(promotion_days.spend_reporting_micro) as spend_micro,
        sum(promotion_days.contacts) as contacts,
        sum(promotion_days.conversions) as conversions,
        sum(promotion_days.revenue_reporting_micro) as revenue_micro,
        count(case when promotion_days.is_window_complete then 1 end) = count(*) as is_window_complete
    from promotion_days
    inner join clock on promotion_days.activity_date >= clock.history_start
    group by promotion_days.channel
)

select
    channel,
    {{ ratio('spend_micro', '1000000') }} as spend_eur,
    contacts,
    conversions,
    {{ ratio('spend_micro', 'conversions * 1000000') }} as spend_per_conversion_eur,
    {{ ratio('revenue_micro', '1000000') }} as revenue_eur,
    {{ ratio('revenue_micro - spend_micro', 'spend_micro') }} as return_on_investment,
    is_window_complete
from summed
order by channel asc

with
revenue_daily as (
    select
        booking_month,
        tier,
        service,
        recognised_eur_micro,
        fee_eur_micro,
        net_revenue_eur_micro,
        gmv_eur_micro,
        is_closed
    from {{ ref('fct_revenue_daily') }}
),

sums as (
    select
        booking_month,
        tier,
        service,
        sum(recognised_eur_micro) as recognised_micro,
        sum(fee_eur_micro) as fee_micro,
        sum(net_revenue_eur_micro) as net_micro,
        sum(gmv_eur_micro) as gmv_micro,
        is_closed
    from revenue_daily
    group by
        booking_month,
        tier,
        service,
        is_closed
)

select
    booking_month,
    tier,
    service,
    {{ ratio('recognised_micro', '1000000') }} as revenue_eur,
    {{ ratio('fee_micro', '1000000') }} as fees_eur,
    {{ ratio('net_micro', '1000000') }} as net_revenue_eur,
    {{ ratio('gmv_micro', '1000000') }} as gmv_eur,
    {{ ratio('recognised_micro', 'sum(recognised_micro) over (partition by booking_month)') }} as share_of_month,
    is_closed
from sums
order by booking_month desc, revenue_eur desc, tier asc, service asc
limit 500

with
performance as (
    select * from {{ ref('mart_advertiser_performance') }}
    where
        is_closed
        and advertiser_id > 0
),

invoices as (
    select
        campaign_id,
        month_start,
        count(*) as invoices,
        sum(amount_minor) as invoiced_minor
    from {{ ref('stg_ads__ad_invoices') }}
    group by campaign_id, month_start
),

currencies as (
    select
        currency_code,
        minor_units
    from {{ ref('dim_currency') }}
),

rules as (
    select
        date_day,
        reconciliation_tolerance_ppm
    from {{ ref('int_rules_by_date') }}
),

compared as (
    select
        performance.booking_month,
        performance.advertiser,
        performance.campaign_id,
        performance.campaign,
        performance.currency_code,
        {{ minor_from_micro('performance.spend_micro', 'currencies.minor_units') }} as delivered_minor,
        coalesce(invoices.invoices, 0) as invoices,
        coalesce(invoices.invoiced_minor, 0) as invoiced_minor,
        rules.reconciliation_tolerance_ppm
    from performance
    inner join currencies on performance.currency_code = currencies.currency_code
    inner join rules on performance.booking_month = rules.date_day
    left join invoices
        on
            performance.campaign_id = invoices.campaign_id
            and performance.booking_month = invoices.month_start
)

select
    booking_month,
    advertiser,
    campaign_id,
    campaign,
    currency_code,
    delivered_minor,
    invoices,
    invoiced_minor,
    invoiced_minor - delivered_minor as difference_minor,
    abs(invoiced_minor - delivered_minor) * 1000000 > delivered_minor * reconciliation_tolerance_ppm as is_off
from compared
where
    delivered_minor > 0
    or invoiced_minor > 0
order by is_off desc, booking_month desc, abs(invoiced_minor - delivered_minor) desc, campaign_id asc
limit 1000

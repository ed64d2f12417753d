-- Subscriptions at the end of each month by plan, payment country and tier, in euro and in the customers' currency.
select
    months.booking_month,
    markets.country_code as country,
    months.tier,
    plans.name as plan,
    months.currency_code,
    months.is_opening,
    cast(coalesce(sum(months.mrr_end_minor), 0) as bigint) as mrr_minor,
    cast(coalesce(sum(months.mrr_end_eur_micro), 0) as bigint) as mrr_eur_micro,
    count(case when months.mrr_end_minor > 0 then 1 end) as subscriptions
from marts.fct_subscription_monthly as months
inner join marts.dim_geography as markets on months.payment_geography_id = markets.geography_id
inner join marts.dim_plan as plans on months.plan_key = plans.plan_key
group by
    months.booking_month, markets.country_code, months.tier, plans.name, months.currency_code, months.is_opening
order by
    months.booking_month, markets.country_code, months.tier, plans.name, months.currency_code, months.is_opening

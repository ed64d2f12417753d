-- Attempts to pay by month, payment country, provider and how they ended.
select
    dates.month_start_date,
    markets.country_code as country,
    payments.provider,
    payments.outcome,
    count(*) as attempts
from marts.fct_payment_lifecycle as payments
inner join marts.dim_geography as markets on payments.payment_geography_id = markets.geography_id
inner join marts.dim_date as dates on payments.attempted_date = dates.date_day
group by dates.month_start_date, markets.country_code, payments.provider, payments.outcome
order by dates.month_start_date, markets.country_code, payments.provider, payments.outcome

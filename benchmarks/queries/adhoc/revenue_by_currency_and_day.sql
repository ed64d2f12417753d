-- Revenue of a currency by day, all services.
select
    revenue_date,
    service,
    sum(recognised_micro) as recognised_micro,
    sum(refunded_micro) as refunded_micro
from marts.fct_revenue_daily
where currency_code = 'INR'
group by revenue_date, service
order by revenue_date, service

-- Plays by month, where they were started from, payment country and tier.
select
    dates.month_start_date,
    contexts.context_name,
    markets.country_code as country,
    plays.tier,
    count(*) as plays,
    count(case when plays.skip_class <> 'not_skipped' then 1 end) as skips
from marts.fct_streams as plays
inner join marts.dim_geography as markets on plays.payment_geography_id = markets.geography_id
inner join marts.dim_date as dates on plays.local_date = dates.date_day
inner join marts.dim_listening_context as contexts on plays.listening_context_id = contexts.listening_context_id
group by dates.month_start_date, contexts.context_name, markets.country_code, plays.tier
order by dates.month_start_date, contexts.context_name, markets.country_code, plays.tier

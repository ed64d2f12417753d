-- What the rules of the plans were held against and what broke them, by month and country of listening.
select
    dates.month_start_date,
    markets.country_code as country,
    breaches.rule,
    breaches.row_kind,
    cast(sum(breaches.checked_rows) as bigint) as checked_rows,
    cast(sum(breaches.breaches) as bigint) as breaches
from marts.mart_rule_breaches as breaches
inner join marts.dim_geography as markets on breaches.country_geography_id = markets.geography_id
inner join marts.dim_date as dates on breaches.day_date = dates.date_day
group by dates.month_start_date, markets.country_code, breaches.rule, breaches.row_kind
order by dates.month_start_date, markets.country_code, breaches.rule, breaches.row_kind

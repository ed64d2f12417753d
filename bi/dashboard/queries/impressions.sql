-- Impressions by day, payment country, format and why they do not count.
select
    impressions.rendered_date,
    markets.country_code as country,
    impressions.format,
    impressions.invalid_reason,
    count(*) as impressions,
    count(case when impressions.is_valid then 1 end) as valid_impressions,
    count(case when impressions.is_valid and impressions.is_viewable then 1 end) as viewable_impressions,
    cast(coalesce(sum(case when impressions.is_valid then impressions.clicks end), 0) as bigint) as clicks,
    cast(coalesce(sum(impressions.price_reporting_micro), 0) as bigint) as price_eur_micro
from marts.fct_impressions as impressions
inner join marts.dim_geography as markets on impressions.payment_geography_id = markets.geography_id
group by impressions.rendered_date, markets.country_code, impressions.format, impressions.invalid_reason
order by impressions.rendered_date, markets.country_code, impressions.format, impressions.invalid_reason

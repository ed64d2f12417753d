-- How many listeners a campaign reached, and how often.
with
reached as (
    select
        campaign_id,
        user_id,
        count(*) as impressions
    from marts.fct_impressions
    where is_valid
    group by campaign_id, user_id
)

select
    campaign_id,
    count(*) as reach,
    avg(impressions) as frequency,
    max(impressions) as most
from reached
group by campaign_id
order by reach desc
limit 50

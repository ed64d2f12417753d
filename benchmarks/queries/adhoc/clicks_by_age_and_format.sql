-- Who clicks.
select
    users.age_band,
    users.gender,
    impressions.format,
    count(*) as impressions,
    sum(impressions.clicks) as clicks
from marts.fct_impressions as impressions
inner join marts.dim_user as users on impressions.user_key = users.user_key
where impressions.is_valid
group by users.age_band, users.gender, impressions.format
order by clicks desc

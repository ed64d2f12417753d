-- Where artists won followers.
select
    users.residence_country,
    count(*) as follows,
    count(distinct follows.artist_id) as artists
from marts.fct_follows as follows
inner join marts.dim_user as users on follows.user_key = users.user_key
where follows.target_type = 'artist'
group by users.residence_country
order by follows desc

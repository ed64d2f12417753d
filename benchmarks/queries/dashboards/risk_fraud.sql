-- Accounts that the fraud rules name, the worst first.
select
    user_id,
    count(*) as days,
    sum(artificial_plays) as artificial_plays,
    max(score) as score
from marts.mart_stream_fraud
group by user_id
order by score desc, artificial_plays desc
limit 50

-- Accounts by how many signs of a shared log-in they show in the 30 days up to the data day.
select
    signs,
    is_suspected,
    count(*) as accounts,
    count(case when has_many_countries then 1 end) as many_countries,
    count(case when has_streams_above_limit then 1 end) as streams_above_limit,
    count(case when has_impossible_travel then 1 end) as impossible_travel
from marts.mart_account_sharing
group by signs, is_suspected
order by signs, is_suspected

-- Accounts that are probably shared, by sign.
select
    signs,
    count(*) as suspects,
    sum(plays) as plays
from marts.mart_account_sharing
group by signs
order by signs

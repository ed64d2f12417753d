-- The recordings that drew most from the pools of a month.
select
    song_id,
    sum(weighted_streams) as weighted_streams,
    sum(amount_eur_micro) as amount_eur_micro
from marts.fct_royalties
where
    booking_month = date '2026-01-01'
    and is_booked
group by song_id
order by amount_eur_micro desc
limit 50

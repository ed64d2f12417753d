-- What artists earned in a month.
select
    artists.name,
    sum(earnings.gross_eur_micro) as gross_eur_micro,
    sum(earnings.net_eur_micro) as net_eur_micro
from marts.mart_artist_earnings as earnings
inner join marts.dim_artist as artists
    on
        earnings.artist_id = artists.artist_id
        and artists.is_current
where earnings.earning_month = date '2026-01-01'
group by artists.name
order by net_eur_micro desc
limit 50

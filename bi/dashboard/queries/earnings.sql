-- What artists earn by month, the payer's country and source, in euro.
select
    earnings.earning_month,
    markets.country_code as country,
    earnings.source,
    cast(sum(earnings.gross_eur_micro) as bigint) as gross_eur_micro,
    cast(sum(earnings.net_eur_micro) as bigint) as net_eur_micro
from marts.mart_artist_earnings as earnings
inner join marts.dim_geography as markets on earnings.payment_geography_id = markets.geography_id
group by earnings.earning_month, markets.country_code, earnings.source
order by earnings.earning_month, markets.country_code, earnings.source

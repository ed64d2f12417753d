-- Booked royalties by month, country, tier, right, kind and who gets them.
select
    royalties.booking_month,
    markets.country_code as country,
    royalties.tier,
    royalties.right_type,
    royalties.kind,
    royalties.is_suspense,
    royalties.payee_type,
    royalties.currency_code,
    cast(sum(royalties.amount_micro) as bigint) as amount_micro,
    cast(sum(royalties.amount_eur_micro) as bigint) as amount_eur_micro
from marts.fct_royalties as royalties
inner join marts.dim_geography as markets on royalties.payment_geography_id = markets.geography_id
where royalties.is_booked
group by
    royalties.booking_month, markets.country_code, royalties.tier, royalties.right_type, royalties.kind,
    royalties.is_suspense, royalties.payee_type, royalties.currency_code
order by
    royalties.booking_month, markets.country_code, royalties.tier, royalties.right_type, royalties.kind,
    royalties.is_suspense, royalties.payee_type, royalties.currency_code

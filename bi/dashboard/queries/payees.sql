-- The ten payees to whom most was booked in each month, of all countries (`all`) and of each.
with cells as (
    select
        royalties.booking_month,
        markets.country_code as country,
        royalties.payee_id,
        sum(royalties.amount_eur_micro) as amount_eur_micro
    from marts.fct_royalties as royalties
    inner join marts.dim_geography as markets on royalties.payment_geography_id = markets.geography_id
    where royalties.is_booked
    group by royalties.booking_month, markets.country_code, royalties.payee_id
),

with_all as (
    select
        booking_month,
        country,
        payee_id,
        amount_eur_micro
    from cells
    union all
    select
        booking_month,
        'all' as country,
        payee_id,
        sum(amount_eur_micro) as amount_eur_micro
    from cells
    group by booking_month, payee_id
),

ranked as (
    select
        with_all.*,
        row_number() over (
            partition by with_all.booking_month, with_all.country
            order by with_all.amount_eur_micro desc, with_all.payee_id asc
        ) as payee_rank
    from with_all
)

select
    ranked.booking_month,
    ranked.country,
    ranked.payee_rank,
    ranked.payee_id,
    payees.name as payee,
    payees.payee_type,
    cast(ranked.amount_eur_micro as bigint) as amount_eur_micro
from ranked
inner join marts.dim_payee as payees on ranked.payee_id = payees.payee_id
where ranked.payee_rank <= 10
order by ranked.booking_month, ranked.country, ranked.payee_rank

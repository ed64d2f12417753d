-- What writers got from recordings of one artist.
select
    payees.payee_type,
    payees.name,
    sum(royalties.amount_eur_micro) as amount_eur_micro
from marts.fct_royalties as royalties
inner join marts.dim_payee as payees on royalties.payee_id = payees.payee_id
where
    royalties.right_type = 'publishing'
    and royalties.artist_id in (1, 2, 3, 4, 5)
group by payees.payee_type, payees.name
order by amount_eur_micro desc

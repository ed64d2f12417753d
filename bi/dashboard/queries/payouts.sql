-- Statements by month: earned, paid and carried forward, in euro.
select
    statement_month,
    count(*) as statements,
    count(case when net_minor > 0 then 1 end) as paid_statements,
    cast(sum(gross_eur_micro) as bigint) as gross_eur_micro,
    cast(sum(net_eur_micro) as bigint) as net_eur_micro,
    cast(sum(carried_forward_eur_micro) as bigint) as carried_forward_eur_micro
from marts.fct_payouts
group by statement_month
order by statement_month

-- What statements of each month say of payees, in euro: where what was stated went.
select
    statement_month,
    cast(sum(gross_eur_micro) as bigint) as gross_eur_micro,
    cast(sum(deducted_eur_micro) as bigint) as deducted_eur_micro,
    cast(sum(recouped_eur_micro) as bigint) as recouped_eur_micro,
    cast(sum(withheld_eur_micro) as bigint) as withheld_eur_micro,
    cast(sum(penalised_eur_micro) as bigint) as penalised_eur_micro,
    cast(sum(due_eur_micro) as bigint) as due_eur_micro
from marts.fct_royalty_statements
where payee_id > 0
group by statement_month
order by statement_month

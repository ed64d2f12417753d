-- Statements that plays do not explain.
select
    statement_month,
    cause,
    count(*) as statements,
    sum(abs(difference_minor)) as difference_minor
from marts.fct_royalty_reconciliation
where is_flagged
group by statement_month, cause
order by statement_month, cause

-- Which payments fail and why.
select
    provider,
    payment_method_type,
    failure_code,
    count(*) as payments,
    sum(attempted_minor) as attempted_minor
from marts.fct_payment_lifecycle
where outcome <> 'settled'
group by provider, payment_method_type, failure_code
order by payments desc

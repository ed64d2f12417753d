with
reconciliation as (
    select * from {{ ref('fct_royalty_reconciliation') }}
    where is_flagged
),

payees as (
    select * from {{ ref('dim_payee') }}
),

currencies as (
    select * from {{ ref('dim_currency') }}
)

select
    reconciliation.statement_month,
    payees.name as payee,
    payees.payee_type,
    reconciliation.cause,
    reconciliation.currency_code,
    {{ ratio('reconciliation.implied_minor * currencies.micro_per_minor', 1000000) }} as implied,
    {{ ratio('reconciliation.stated_minor * currencies.micro_per_minor', 1000000) }} as stated,
    {{ ratio('reconciliation.difference_minor * currencies.micro_per_minor', 1000000) }} as difference,
    {{ ratio('100 * reconciliation.difference_minor', 'reconciliation.implied_minor') }} as difference_percent
from reconciliation
inner join payees on reconciliation.payee_id = payees.payee_id
inner join currencies on reconciliation.currency_code = currencies.currency_code
order by
    reconciliation.statement_month desc,
    reconciliation.payee_id asc

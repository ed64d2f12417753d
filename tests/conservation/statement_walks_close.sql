-- What a month should pay is the balance that the month before should have carried forward, and what the month itself
-- earns; the origins of a difference add up to it; and a statement that agrees adds up by its own figures.
with
reconciliation as (
    select * from {{ ref('fct_royalty_reconciliation') }}
),

payouts as (
    select * from {{ ref('fct_payouts') }}
),

statements as (
    select
        reconciliation.*,
        payouts.opening_balance_minor + payouts.gross_minor - payouts.recouped_minor - payouts.withheld_minor
            as own_sum_minor,
        lag(reconciliation.statement_month) over (
            partition by reconciliation.payee_id order by reconciliation.statement_month
        ) as previous_month,
        case
            when lag(payouts.net_minor) over (
                partition by reconciliation.payee_id order by reconciliation.statement_month
            ) > 0 then 0
            else lag(reconciliation.implied_minor) over (
                partition by reconciliation.payee_id order by reconciliation.statement_month
            )
        end as carried_minor
    from reconciliation
    left join payouts on reconciliation.payout_id = payouts.payout_id
)

select
    payee_id,
    statement_month,
    carried_minor,
    implied_opening_minor,
    implied_minor,
    difference_minor,
    own_sum_minor
from statements
where
    (previous_month is not null and implied_opening_minor <> carried_minor)
    or implied_minor
    <> implied_opening_minor + implied_gross_minor - implied_recouped_minor - implied_withheld_minor
    or difference_minor
    <> opening_difference_minor + gross_difference_minor + recouped_difference_minor + withheld_difference_minor
    + unexplained_minor
    or (cause = 'none' and stated_minor <> own_sum_minor + unexplained_minor)

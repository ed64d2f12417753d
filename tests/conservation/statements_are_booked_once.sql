-- What statements move is in the books, once, and nothing else is: by month, currency and account, the payees' balances
-- by what they grow by. What waits in suspense is due to nobody.
{%- set booked = {
    '2120': 'payable_minor - statements.opening_balance_minor', '1200': 'recouped_minor', '2130': 'withheld_minor',
    '4050': 'penalised_minor',
} %}
with
statements as (
    select * from {{ ref('fct_royalty_statements') }}
    where
        payee_id > 0
        and {{ a_month_closed_since_tested() }}
),

journal_lines as (
    select * from {{ ref('fct_journal_lines') }}
    where
        journal_type = 'statement'
        and {{ a_month_closed_since_tested() }}
),

currencies as (
    select * from {{ ref('dim_currency') }}
),

both_sides as (
    {% for account, amount in booked.items() -%}
    select
        '{{ account }}' as account_code,
        statements.statement_month as booking_month,
        statements.currency_code,
        (statements.{{ amount }}) * currencies.micro_per_minor as stated_micro,
        0 as booked_micro
    from statements
    inner join currencies on statements.currency_code = currencies.currency_code
    union all
    {% endfor -%}
    select
        account_code,
        booking_month,
        currency_code,
        0 as stated_micro,
        credit_micro - debit_micro as booked_micro
    from journal_lines
    where account_code in ('2120', '1200', '2130', '4050')
)

select
    account_code,
    booking_month,
    currency_code,
    sum(stated_micro) as stated_micro,
    sum(booked_micro) as booked_micro
from both_sides
group by
    account_code,
    booking_month,
    currency_code
having sum(stated_micro) <> sum(booked_micro)

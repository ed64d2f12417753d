{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        pre_hook="{{ drop_if_another_month_closed() }}",
        indexes=server_indexes([{'columns': ['statement_month']}]),
    )
}}

with
entries as (
    select * from {{ ref('int_statement_entries') }}
),

earnings as (
    select * from {{ ref('int_statement_earnings') }}
),

recoupment as (
    select * from {{ ref('int_statement_recoupment') }}
),

payees as (
    select * from {{ ref('int_statement_payees') }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

-- What is recouped of a balance that contracts share is taken from them in the order of their ids.
queued as (
    select
        earnings.*,
        coalesce(recoupment.recouped_minor, 0) as account_recouped_minor,
        coalesce(
            sum(earnings.creditable_minor) over (
                partition by
                    earnings.payee_id, earnings.statement_month, earnings.currency_code, earnings.account_contract_id
                order by earnings.contract_id, earnings.right_type
                rows between unbounded preceding and 1 preceding
            ), 0
        ) as creditable_before_minor
    from earnings
    left join recoupment
        on
            earnings.payee_id = recoupment.payee_id
            and earnings.statement_month = recoupment.statement_month
            and earnings.currency_code = recoupment.currency_code
            and earnings.account_contract_id = recoupment.account_contract_id
),

recouped as (
    select
        queued.*,
        least(
            queued.creditable_minor, greatest(queued.account_recouped_minor - queued.creditable_before_minor, 0)
        ) as recouped_minor
    from queued
),

withheld as (
    select
        recouped.*,
        {{ multiply_divide(
            '(recouped.gross_minor - recouped.deducted_minor + recouped.guaranteed_minor - recouped.recouped_minor)',
            'payees.withholding_ppm',
            1000000
        ) }} as withheld_minor
    from recouped
    inner join payees
        on
            recouped.statement_month = payees.statement_month
            and recouped.payee_id = payees.payee_id
),

lines as (
    select
        payee_id,
        statement_month,
        currency_code,
        contract_id,
        right_type,
        kind,
        amount_micro,
        amount_minor,
        booked_eur_micro
    from entries
    {% for kind, amount in [
        ('deduction', '-deducted_minor'), ('guarantee', 'guaranteed_minor'), ('recoupment', '-recouped_minor'),
        ('withholding', '-withheld_minor'),
    ] -%}
    union all
    select
        withheld.payee_id,
        withheld.statement_month,
        withheld.currency_code,
        withheld.contract_id,
        withheld.right_type,
        '{{ kind }}' as kind,
        {{ micro_from_minor(amount, 'currencies.minor_units') }} as amount_micro,
        {{ amount }} as amount_minor,
        0 as booked_eur_micro
    from withheld
    inner join currencies on withheld.currency_code = currencies.currency_code
    where {{ amount }} <> 0
    {% endfor %}
)

select
    payee_id,
    statement_month,
    currency_code,
    cast(contract_id as bigint) as contract_id,
    right_type,
    kind,
    cast(amount_micro as bigint) as exact_amount_micro,
    cast(amount_minor as bigint) as amount_minor,
    cast(booked_eur_micro as bigint) as booked_eur_micro
from lines
{{ if_another_month_closed() }}

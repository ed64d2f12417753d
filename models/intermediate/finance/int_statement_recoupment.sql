{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        pre_hook="{{ drop_if_another_month_closed() }}",
        indexes=server_indexes([{'columns': ['statement_month']}]),
    )
}}

with
months as (
    select * from {{ ref('int_statement_months') }}
),

openings as (
    select * from {{ ref('int_statement_openings') }}
),

advances as (
    select
        advance_id,
        contract_id,
        payee_id,
        currency_code,
        amount_minor,
        {{ month_start(to_date('paid_at')) }} as paid_month,
        {{ booking_month(month_start(to_date('paid_at')), 'arrived_at') }} as booking_month
    from {{ ref('stg_royalties__advances') }}
),

contracts as (
    select * from {{ ref('int_statement_contracts') }}
),

earnings as (
    select * from {{ ref('int_statement_earnings') }}
),

-- What the platform says is still owed when the history begins names no contract: it is the last advance's.
last_advances as (
    select
        openings.payee_id,
        advances.contract_id,
        row_number() over (partition by openings.payee_id order by advances.advance_id desc) as recency
    from openings
    inner join advances
        on
            openings.payee_id = advances.payee_id
            and openings.last_settled_month >= advances.paid_month
            and openings.first_month >= advances.booking_month
),

debited as (
    select
        openings.payee_id,
        openings.currency_code,
        openings.first_month as statement_month,
        coalesce(last_advances.contract_id, {{ not_applicable_key() }}) as contract_id,
        openings.unrecouped_minor as opening_minor,
        0 as advanced_minor
    from openings
    left join last_advances
        on
            openings.payee_id = last_advances.payee_id
            and last_advances.recency = 1
    where openings.unrecouped_minor > 0
    union all
    select
        advances.payee_id,
        advances.currency_code,
        months.statement_month,
        advances.contract_id,
        0 as opening_minor,
        advances.amount_minor as advanced_minor
    from advances
    inner join months on greatest(advances.booking_month, months.first_month) = months.statement_month
    left join openings on advances.payee_id = openings.payee_id
    where
        openings.payee_id is null
        or openings.last_settled_month < advances.paid_month
),

-- Contracts of a payee that are cross-collateralised share one balance.
debits as (
    select
        debited.payee_id,
        debited.currency_code,
        case
            when coalesce(contracts.is_cross_collateralised, false) then {{ not_applicable_key() }}
            else debited.contract_id
        end as account_contract_id,
        debited.statement_month,
        sum(debited.opening_minor) as opening_minor,
        sum(debited.advanced_minor) as advanced_minor
    from debited
    left join contracts
        on
            debited.statement_month = contracts.statement_month
            and debited.contract_id = contracts.contract_id
    group by
        debited.payee_id,
        debited.currency_code,
        case
            when coalesce(contracts.is_cross_collateralised, false) then {{ not_applicable_key() }}
            else debited.contract_id
        end,
        debited.statement_month
),

credits as (
    select
        payee_id,
        currency_code,
        account_contract_id,
        statement_month,
        sum(creditable_minor) as creditable_minor
    from earnings
    group by
        payee_id,
        currency_code,
        account_contract_id,
        statement_month
),

accounts as (
    select
        payee_id,
        currency_code,
        account_contract_id,
        min(statement_month) as since_month
    from debits
    group by
        payee_id,
        currency_code,
        account_contract_id
),

moved as (
    select
        accounts.payee_id,
        accounts.currency_code,
        accounts.account_contract_id,
        months.statement_month,
        coalesce(debits.opening_minor, 0) as opening_minor,
        coalesce(debits.advanced_minor, 0) as advanced_minor,
        coalesce(credits.creditable_minor, 0) as creditable_minor
    from accounts
    inner join months on accounts.since_month <= months.statement_month
    left join debits
        on
            accounts.payee_id = debits.payee_id
            and accounts.currency_code = debits.currency_code
            and accounts.account_contract_id = debits.account_contract_id
            and months.statement_month = debits.statement_month
    left join credits
        on
            accounts.payee_id = credits.payee_id
            and accounts.currency_code = credits.currency_code
            and accounts.account_contract_id = credits.account_contract_id
            and months.statement_month = credits.statement_month
),

summed as (
    select
        moved.*,
        sum(opening_minor + advanced_minor - creditable_minor) over (
            partition by payee_id, currency_code, account_contract_id order by statement_month
            rows between unbounded preceding and current row
        ) as running_minor
    from moved
),

-- A balance that never falls below nothing is the running sum less its lowest point below nothing so far.
balanced as (
    select
        summed.*,
        running_minor - least(
            min(running_minor) over (
                partition by payee_id, currency_code, account_contract_id order by statement_month
                rows between unbounded preceding and current row
            ), 0
        ) as unrecouped_minor
    from summed
),

followed as (
    select
        balanced.*,
        opening_minor + coalesce(
            lag(unrecouped_minor) over (
                partition by payee_id, currency_code, account_contract_id order by statement_month
            ), 0
        ) as opening_unrecouped_minor
    from balanced
)

select
    payee_id,
    currency_code,
    cast(account_contract_id as bigint) as account_contract_id,
    statement_month,
    cast(opening_unrecouped_minor as bigint) as opening_unrecouped_minor,
    cast(advanced_minor as bigint) as advanced_minor,
    cast(opening_unrecouped_minor + advanced_minor - unrecouped_minor as bigint) as recouped_minor,
    cast(unrecouped_minor as bigint) as unrecouped_minor
from followed
{{ if_another_month_closed() }}

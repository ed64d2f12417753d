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
    where
        payee_id > 0
        and kind <> 'penalty'
),

payees as (
    select * from {{ ref('int_statement_payees') }}
),

contracts as (
    select * from {{ ref('int_statement_contracts') }}
),

earned as (
    select
        payee_id,
        statement_month,
        currency_code,
        contract_id,
        right_type,
        sum(amount_minor) as gross_minor
    from entries
    group by
        payee_id,
        statement_month,
        currency_code,
        contract_id,
        right_type
),

-- A currency without a rate cannot be compared with what the pools brought, so nothing is guaranteed in it.
guaranteed as (
    select
        contracts.payee_id,
        contracts.statement_month,
        payees.currency_code,
        contracts.contract_id,
        contracts.right_type,
        contracts.minimum_guarantee_minor
    from contracts
    inner join payees
        on
            contracts.statement_month = payees.statement_month
            and contracts.payee_id = payees.payee_id
    where
        contracts.is_in_force
        and contracts.minimum_guarantee_minor > 0
        and payees.rate_micro is not null
),

combined as (
    select
        coalesce(earned.payee_id, guaranteed.payee_id) as payee_id,
        coalesce(earned.statement_month, guaranteed.statement_month) as statement_month,
        coalesce(earned.currency_code, guaranteed.currency_code) as currency_code,
        coalesce(earned.contract_id, guaranteed.contract_id) as contract_id,
        coalesce(earned.right_type, guaranteed.right_type) as right_type,
        coalesce(earned.gross_minor, 0) as gross_minor,
        coalesce(guaranteed.minimum_guarantee_minor, 0) as minimum_guarantee_minor
    from earned
    full outer join guaranteed
        on
            earned.payee_id = guaranteed.payee_id
            and earned.statement_month = guaranteed.statement_month
            and earned.currency_code = guaranteed.currency_code
            and earned.contract_id = guaranteed.contract_id
            and earned.right_type = guaranteed.right_type
),

deducted as (
    select
        combined.*,
        coalesce(contracts.recoupment_ppm, 0) as recoupment_ppm,
        case
            when coalesce(contracts.is_cross_collateralised, false) then {{ not_applicable_key() }}
            else combined.contract_id
        end as account_contract_id,
        coalesce({{ multiply_divide('combined.gross_minor', 'contracts.deductions_ppm', 1000000) }}, 0)
            as deducted_minor
    from combined
    left join contracts
        on
            combined.statement_month = contracts.statement_month
            and combined.contract_id = contracts.contract_id
)

select
    payee_id,
    statement_month,
    currency_code,
    contract_id,
    right_type,
    cast(account_contract_id as bigint) as account_contract_id,
    cast(gross_minor as bigint) as gross_minor,
    deducted_minor,
    cast(
        case
            when minimum_guarantee_minor = 0 then 0
            else greatest(minimum_guarantee_minor - (gross_minor - deducted_minor), 0)
        end as bigint
    ) as guaranteed_minor,
    {{ multiply_divide('greatest(gross_minor - deducted_minor, 0)', 'recoupment_ppm', 1000000, 'down') }}
        as creditable_minor
from deducted
{{ if_another_month_closed() }}

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

changes as (
    select * from {{ ref('stg_royalties__payees_changes') }}
),

contracts as (
    select * from {{ ref('int_statement_contracts') }}
),

rates as (
    select * from {{ ref('int_exchange_rates') }}
),

known as (
    select
        months.statement_month,
        changes.payee_id,
        changes.currency_code,
        changes.minimum_payment_minor,
        row_number() over (
            partition by months.statement_month, changes.payee_id
            order by changes.change_no desc
        ) as recency
    from months
    inner join changes on months.closes_at > changes.arrived_at
),

terms as (
    select
        statement_month,
        payee_id,
        max(payment_threshold_minor) as payment_threshold_minor,
        max(withholding_ppm) as withholding_ppm
    from contracts
    where is_in_force
    group by
        statement_month,
        payee_id
)

select
    known.statement_month,
    known.payee_id,
    known.currency_code,
    rates.rate_micro,
    greatest(known.minimum_payment_minor, coalesce(terms.payment_threshold_minor, 0)) as minimum_payment_minor,
    coalesce(terms.withholding_ppm, 0) as withholding_ppm
from known
left join terms
    on
        known.statement_month = terms.statement_month
        and known.payee_id = terms.payee_id
left join rates
    on
        {{ month_end('known.statement_month') }} = rates.date_day
        and known.currency_code = rates.currency_code
where known.recency = 1 {{ if_another_month_closed('and') }}

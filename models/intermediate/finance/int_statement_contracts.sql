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
    select * from {{ ref('stg_royalties__rights_contracts_changes') }}
),

known as (
    select
        months.statement_month,
        changes.*,
        row_number() over (
            partition by months.statement_month, changes.contract_id
            order by changes.change_no desc
        ) as recency
    from months
    inner join changes on months.closes_at > changes.arrived_at
)

select
    statement_month,
    contract_id,
    payee_id,
    right_type,
    case when territory_country_id is not null then {{ country_geography_id('territory_country_id') }} end
        as geography_id,
    deductions_ppm,
    minimum_guarantee_minor,
    recoupment_ppm,
    payment_threshold_minor,
    withholding_ppm,
    is_cross_collateralised,
    valid_from,
    coalesce(valid_to, {{ not_applicable_date() }}) as valid_to,
    valid_from <= {{ month_end('statement_month') }}
    and (valid_to is null or valid_to > {{ month_end('statement_month') }}) as is_in_force
from known
where recency = 1 {{ if_another_month_closed('and') }}

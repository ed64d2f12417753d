{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='payout_id',
        indexes=server_indexes([
            {'columns': ['payout_id'], 'unique': true},
            {'columns': ['payee_id']},
            {'columns': ['statement_month']},
            {'columns': ['processed_date']},
            {'columns': ['load_id']},
        ]),
    )
}}

with
payouts as (
    select *
    from {{ ref('stg_royalties__payouts') }} as told
    where {{ is_newer_load_in('told') }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

rates as (
    select * from {{ ref('int_exchange_rates') }}
),

dated as (
    select
        payouts.*,
        {{ to_date('payouts.issued_at') }} as issued_date,
        payouts.opening_balance_minor + payouts.gross_minor - payouts.recouped_minor - payouts.withheld_minor
            as payable_minor
    from payouts
)

select
    dated.payout_id,
    dated.payee_id,
    dated.statement_month,
    dated.issued_date,
    coalesce({{ to_date('dated.processed_at') }}, {{ not_applicable_date() }}) as processed_date,
    dated.currency_code,
    dated.status,
    {{ micro_decimal('dated.qualified_streams_milli * 1000') }} as settled_streams,
    dated.rate_micro,
    dated.opening_balance_minor,
    dated.gross_minor,
    dated.recouped_minor,
    dated.withheld_minor,
    dated.net_minor,
    dated.carried_forward_minor,
    dated.net_minor + dated.carried_forward_minor - dated.payable_minor as unexplained_minor,
    case when dated.status = 'paid' then dated.net_minor else 0 end as paid_minor,
    case when dated.status = 'paid' then 0 else dated.net_minor end as pending_minor,
    dated.unrecouped_minor,
    {{ reporting_micro(micro_from_minor('dated.gross_minor', 'currencies.minor_units'), 'rates.rate_micro') }}
        as gross_eur_micro,
    {{ reporting_micro(micro_from_minor('dated.net_minor', 'currencies.minor_units'), 'rates.rate_micro') }}
        as net_eur_micro,
    {{ reporting_micro(
        micro_from_minor("case dated.status when 'paid' then 0 else dated.net_minor end", 'currencies.minor_units'),
        'rates.rate_micro'
    ) }} as pending_eur_micro,
    {{ reporting_micro(
        micro_from_minor('dated.carried_forward_minor', 'currencies.minor_units'), 'rates.rate_micro'
    ) }} as carried_forward_eur_micro,
    dated.issued_at,
    dated.processed_at,
    dated.load_id
from dated
left join currencies on dated.currency_code = currencies.currency_code
left join rates
    on
        dated.issued_date = rates.date_day
        and dated.currency_code = rates.currency_code

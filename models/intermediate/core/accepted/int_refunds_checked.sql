with
refunds as (
    select * from {{ ref('stg_billing__refunds') }}
),

transactions as (
    select
        transaction_id,
        currency_code
    from {{ ref('stg_billing__transactions') }}
),

issued as (
    select max(case when entity = 'transactions' then last_id end) as transactions
    from {{ ref('int_issued_keys') }}
),

checked as (
    select
        refunds.*,
        case
            when {{ never_issued('refunds.transaction_id', 'issued.transactions') }} then 'orphan_transaction'
            when refunds.currency_code <> transactions.currency_code then 'currency_mismatch'
        end as reject_rule
    from refunds
    cross join issued
    left join transactions on refunds.transaction_id = transactions.transaction_id
),

final as (
    select
        refund_id,
        transaction_id,
        currency_code,
        reason,
        amount_minor,
        is_full,
        refunded_at,
        arrived_at,
        load_id,
        reject_rule,
        case
            when reject_rule is not null
                then {{ row_payload([
                    'refund_id', 'transaction_id', 'amount_minor', 'currency_code', 'is_full',
                    'reason', 'refunded_at', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from checked
)

select * from final

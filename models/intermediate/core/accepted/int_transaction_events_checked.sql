with
transaction_events as (
    select * from {{ ref('stg_billing__transaction_events') }}
),

issued as (
    select max(case when entity = 'transactions' then last_id end) as transactions
    from {{ ref('int_issued_keys') }}
),

checked as (
    select
        transaction_events.*,
        case
            when {{ never_issued('transaction_events.transaction_id', 'issued.transactions') }}
                then 'orphan_transaction'
        end as reject_rule
    from transaction_events
    cross join issued
),

final as (
    select
        transaction_event_id,
        transaction_id,
        event_type,
        detail,
        occurred_at,
        arrived_at,
        load_id,
        reject_rule,
        case
            when reject_rule is not null
                then {{ row_payload([
                    'transaction_event_id', 'transaction_id', 'event_type', 'occurred_at',
                    'detail', 'arrived_at', 'load_id'
                ]) }}
        end as row_payload
    from checked
)

select * from final

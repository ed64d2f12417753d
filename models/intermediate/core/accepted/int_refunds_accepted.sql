with checked as (
    select * from {{ ref('int_refunds_checked') }}
)

select
    refund_id,
    transaction_id,
    currency_code,
    reason,
    amount_minor,
    is_full,
    refunded_at,
    arrived_at,
    load_id
from checked
where {{ is_accepted() }}

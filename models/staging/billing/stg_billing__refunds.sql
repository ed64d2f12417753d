with base as (
    select * from {{ ref('base_billing__refunds') }}
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
from base
where {{ is_accepted() }}

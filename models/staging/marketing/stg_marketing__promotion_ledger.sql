with base as (
    select * from {{ ref('base_marketing__promotion_ledger') }}
)

select
    promotion_ledger_id,
    creator_promotion_id,
    entry_type,
    currency_code,
    amount_minor,
    booked_at,
    arrived_at,
    load_id
from base
where {{ is_accepted() }}
